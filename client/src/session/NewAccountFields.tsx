import type { JSX } from "preact";
import { Field } from "../design/Field";
import { words } from "../words";

interface NewAccountFieldsProps {
    name: string;
    onName: (name: string) => void;
    password: string;
    onPassword: (password: string) => void;
}

/** What every new account needs: a user name and a password. */
export function NewAccountFields({ name, onName, password, onPassword }: NewAccountFieldsProps): JSX.Element {
    const { session } = words.value;
    return (
        <>
            <Field
                label={session.name}
                value={name}
                onInput={onName}
                hint={session.nameHint}
                autocomplete="username"
                required
                autoFocus
            />
            <Field
                label={session.password}
                value={password}
                onInput={onPassword}
                hint={session.newPasswordHint}
                kind="secret"
                autocomplete="new-password"
                required
            />
        </>
    );
}
