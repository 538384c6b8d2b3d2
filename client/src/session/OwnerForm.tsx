import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "../words";
import { ArrivalForm } from "./Arrival";
import { ask, Refusal } from "./ask";
import { beginWith, credentialsOf } from "./logIn";
import { NewAccountFields } from "./NewAccountFields";
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
                <NewAccountFields name={name} onName={setName} password={password} onPassword={setPassword} />
            </ArrivalForm>
        </>
    );
}
