import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { EmptyState } from "../design/EmptyState";
import { Logo } from "../design/Logo";
import { MenuHost } from "../design/Menu";
import { ToastHost } from "../design/Toasts";
import { Arrival } from "../session/Arrival";
import type { Session } from "../session/kept";
import { sessionState, useHere } from "../session/state";
import { words } from "../words";
import "./App.css";

type Messenger = ComponentType<{ session: Session }>;

/** The SDK and all that needs it: a chunk of its own, asked for while somebody still types their password. */
const loadMessenger = (): Promise<Messenger> => import("./messenger").then((module) => module.Messenger);

export function App(): JSX.Element {
    return (
        <>
            <Whole />
            <MenuHost />
            <ToastHost />
        </>
    );
}

function Whole(): JSX.Element {
    const [Messenger, setMessenger] = useState<Messenger | null>(null);
    const [isBroken, setBroken] = useState(false);
    useEffect(() => {
        loadMessenger().then(
            (loaded) => setMessenger(() => loaded),
            () => setBroken(true),
        );
    }, []);
    const state = sessionState.value;
    const { session, common } = words.value;
    switch (state.kind) {
        case "insecure":
            return <EmptyState title={session.insecureTitle}>{session.insecure}</EmptyState>;
        case "otherTab":
            return (
                <EmptyState title={session.elsewhereTitle}>
                    {session.elsewhere}
                    <Button kind="main" onClick={() => void useHere()}>
                        {session.useHere}
                    </Button>
                </EmptyState>
            );
        case "out":
            return <Arrival ended={state.ended} before={state.before} />;
        case "restoring":
            return <Opening />;
        case "in":
            if (Messenger) return <Messenger key={state.session.userId} session={state.session} />;
            if (!isBroken) return <Opening />;
            return (
                <EmptyState title={session.brokenTitle}>
                    {session.offline}
                    <Button kind="main" onClick={() => location.reload()}>
                        {common.again}
                    </Button>
                </EmptyState>
            );
    }
}

/** Until the chats are there. */
export function Opening(): JSX.Element {
    return (
        <div class="opening" role="status">
            <Logo size={88} signals />
            <span class="unseen">{words.value.session.opening}</span>
        </div>
    );
}
