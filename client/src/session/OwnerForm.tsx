import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../design/Field";
import { words } from "../words";
import { ArrivalForm } from "./Arrival";
import { ask, Refusal } from "./ask";
import { beginWith, credentialsOf } from "./logIn";
import { putName } from "./signUp";

/** The first account of the server, for whoever opened the link that it printed. */
export function OwnerForm({ code }: { code: string }): JSX.Element {
    const { session } = words.value;
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [isGone, setGone] = useState(false);
    const submit = async (): Promise<void> => {
        try {
            await ask("POST", "/_chappe/owner", { code, name: name.trim().toLowerCase(), password });
        } catch (error) {
            if (error instanceof Refusal && error.status === 403) setGone(true);
            throw error;
        }
        const credentials = await credentialsOf(name.toLowerCase(), password);
        await putName(credentials, name.trim());
        await beginWith(credentials);
    };
    if (isGone) return <p class="arrival-intro">{session.ownerGone}</p>;
    return (
        <>
            <h2>{session.ownerTitle}</h2>
            <p class="arrival-intro">{session.ownerIntro}</p>
            <ArrivalForm action={session.signUp} submit={submit}>
                <Field
                    label={session.name}
                    value={name}
                    onInput={setName}
                    hint={session.nameHint}
                    autocomplete="username"
                    required
                    autoFocus
                />
                <Field
                    label={session.password}
                    value={password}
                    onInput={setPassword}
                    hint={session.newPasswordHint}
                    kind="secret"
                    autocomplete="new-password"
                    required
                />
            </ArrivalForm>
        </>
    );
}
