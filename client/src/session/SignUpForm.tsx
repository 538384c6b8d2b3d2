import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Field } from "../design/Field";
import { Spinner } from "../design/Spinner";
import { language, words } from "../words";
import { ArrivalForm } from "./Arrival";
import { Refusal } from "./ask";
import { NewAccountFields } from "./NewAccountFields";
import { inWords } from "./refusals";
import { signUp, type Wanted, whatIsWanted } from "./signUp";

/** Make an account, with what this server asks for. `token` comes from a link. */
export function SignUpForm({ token: given }: { token: string }): JSX.Element {
    const { session, common } = words.value;
    const [wanted, setWanted] = useState<Wanted | null>(null);
    const [wrong, setWrong] = useState<string | null>(null);
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [token, setToken] = useState(given);
    const [agreed, agree] = useState(false);
    const [waits, setWaits] = useState(false);
    useEffect(() => {
        whatIsWanted(language.value).then(setWanted, (error: unknown) => {
            const isClosed = error instanceof Refusal && error.status === 403;
            setWrong(isClosed ? words.value.session.closed : inWords(error));
        });
    }, []);
    return (
        <>
            <p class="arrival-intro">{waits ? session.waits : session.welcomeMore(location.host)}</p>
            {wrong && (
                <p class="arrival-wrong" role="alert">
                    {wrong}
                </p>
            )}
            {!wanted && !wrong && <Spinner label={common.loading} size={28} />}
            {wanted && !waits && (
                <ArrivalForm
                    action={session.signUp}
                    submit={async () => setWaits(await signUp(wanted, name, password, token))}
                >
                    <NewAccountFields name={name} onName={setName} password={password} onPassword={setPassword} />
                    {wanted.needsToken && (
                        <Field
                            label={session.token}
                            value={token}
                            onInput={setToken}
                            hint={session.tokenHint}
                            required
                        />
                    )}
                    {wanted.documents.length > 0 && (
                        <label class="arrival-terms">
                            <input
                                type="checkbox"
                                required
                                checked={agreed}
                                onChange={(event) => agree(event.currentTarget.checked)}
                            />
                            <span>
                                {session.terms}
                                {wanted.documents.map(({ name: title, url }) => (
                                    <a key={url} href={url} target="_blank" rel="noreferrer noopener">
                                        {title}
                                    </a>
                                ))}
                            </span>
                        </label>
                    )}
                </ArrivalForm>
            )}
            <p class="arrival-other">
                {session.haveAccount} <a href="#/log-in">{session.logIn}</a>
            </p>
        </>
    );
}
