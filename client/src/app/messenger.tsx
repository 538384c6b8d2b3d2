import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../design/Button";
import { DialogHost } from "../design/Dialog";
import { EmptyState } from "../design/EmptyState";
import { type Matrix, MatrixContext } from "../matrix/matrix";
import { openMatrix } from "../matrix/open";
import { EarlyList } from "../rooms/EarlyList";
import type { Session } from "../session/kept";
import { words } from "../words";
import { Opening } from "./App";
import { startAll } from "./parts";
import { Shell } from "./Shell";

/** Everything that somebody sees who is logged in. */
export function Messenger({ session }: { session: Session }): JSX.Element {
    const [matrix, setMatrix] = useState<Matrix | null>(null);
    const [wrong, setWrong] = useState<string | null>(null);
    useEffect(() => {
        let stop = (): void => undefined;
        let isGone = false;
        openMatrix(session).then(
            (opened) => {
                if (isGone) return opened.close();
                stop = startAll(opened);
                setMatrix(opened);
            },
            (error: unknown) => {
                console.error(error);
                setWrong(String(error));
            },
        );
        return () => {
            isGone = true;
            stop();
        };
    }, [session]);
    if (wrong !== null) {
        return (
            <EmptyState title={words.value.session.brokenTitle}>
                {words.value.common.details(wrong)}
                <Button kind="main" onClick={() => location.reload()}>
                    {words.value.common.again}
                </Button>
            </EmptyState>
        );
    }
    if (!matrix) {
        return (
            <EarlyList session={session}>
                <Opening />
            </EarlyList>
        );
    }
    return (
        <MatrixContext.Provider value={matrix}>
            <Shell />
            <DialogHost />
        </MatrixContext.Provider>
    );
}
