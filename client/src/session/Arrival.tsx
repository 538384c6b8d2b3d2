import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate, route } from "../app/route";
import { Button } from "../design/Button";
import { Field } from "../design/Field";
import { Logo } from "../design/Logo";
import { words } from "../words";
import type { Session } from "./kept";
import { logIn } from "./logIn";
import { OwnerForm } from "./OwnerForm";
import { inWords } from "./refusals";
import { SignUpForm } from "./SignUpForm";
import type { Ended } from "./state";
import "./Arrival.css";

/** What somebody sees who is not logged in. */
export function Arrival({ ended, before }: { ended?: Ended | undefined; before?: Session | undefined }): JSX.Element {
    const { session } = words.value;
    const notice = ended === "expired" ? session.loggedOutSoft : ended === "elsewhere" ? session.loggedOut : undefined;
    const place = before ? "log-in" : route.value.name;
    return (
        <main class="arrival scrolls">
            <div class="arrival-box">
                <Logo size={88} signals />
                <h1>{words.value.common.appName}</h1>
                {place === "owner" ? (
                    <OwnerForm code={route.value.query.get("code") ?? ""} />
                ) : place === "sign-up" ? (
                    <SignUpForm token={route.value.query.get("token") ?? ""} />
                ) : (
                    <LogInForm notice={notice} before={before} />
                )}
            </div>
            <footer class="arrival-more">
                <a href="/_chappe/notice">{session.notify}</a>
                <a href="/_chappe/terms">{session.enforced}</a>
            </footer>
        </main>
    );
}

function LogInForm({ notice, before }: { notice?: string | undefined; before?: Session | undefined }): JSX.Element {
    const { session } = words.value;
    const [name, setName] = useState(before?.userId ?? route.value.query.get("name") ?? "");
    const [password, setPassword] = useState("");
    return (
        <>
            <p class="arrival-intro">{notice ?? session.welcome}</p>
            <ArrivalForm submit={() => logIn(name, password, before)} action={session.logIn}>
                <Field
                    label={session.name}
                    value={name}
                    onInput={setName}
                    autocomplete="username"
                    required
                    autoFocus={!before}
                    disabled={!!before}
                />
                <Field
                    label={session.password}
                    value={password}
                    onInput={setPassword}
                    kind="secret"
                    autocomplete="current-password"
                    required
                />
            </ArrivalForm>
            {!before && (
                <p class="arrival-other">
                    {session.noAccount} <a href="#/sign-up">{session.signUp}</a>
                </p>
            )}
        </>
    );
}

interface ArrivalFormProps {
    children: ComponentChildren;
    action: string;
    submit: () => Promise<unknown>;
}

/** Fields and one button. Says what the server refused, in words. */
export function ArrivalForm({ children, action, submit }: ArrivalFormProps): JSX.Element {
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | null>(null);
    const go = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (isBusy) return;
        setBusy(true);
        setWrong(null);
        try {
            await submit();
            if (["log-in", "sign-up", "owner"].includes(route.value.name))
                navigate({ name: "chats" }, { replace: true });
        } catch (error) {
            setWrong(inWords(error));
        }
        setBusy(false);
    };
    return (
        <form class="arrival-form" onSubmit={go}>
            {children}
            {wrong && (
                <p class="arrival-wrong" role="alert">
                    {wrong}
                </p>
            )}
            <Button kind="main" type="submit" busy={isBusy}>
                {action}
            </Button>
        </form>
    );
}
