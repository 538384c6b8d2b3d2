import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Spinner } from "../../design/Spinner";
import { toast, trying } from "../../design/Toasts";
import { outlineOf } from "../../keys/code";
import { words } from "../../words";
import { linkTo } from "./link";
import "./LinkCode.css";

/** The border that cameras need around a code, in squares. */
const BORDER = 4;

/** The link to a group for other people's cameras. What draws it is loaded now. */
export function LinkCode({ room, onClose }: { room: Room; onClose: () => void }): JSX.Element {
    const { groupLink, common } = words.value;
    const [rows, setRows] = useState<boolean[][] | null>(null);
    const link = linkTo(room);
    useEffect(() => {
        const drawn = import("qr").then(({ encodeQR }) => encodeQR(link, "raw", { ecc: "medium", border: BORDER }));
        drawn.then(setRows, (error: unknown) => console.error(error)); // the link itself is there
    }, [link]);
    const copy = async (): Promise<void> => {
        await navigator.clipboard.writeText(link);
        toast(common.copied);
    };
    const actions = (
        <Button kind="main" icon="copy" onClick={() => void trying(copy())}>
            {groupLink.copy}
        </Button>
    );
    return (
        <Dialog title={groupLink.title(room.name)} onClose={onClose} actions={actions}>
            {rows ? (
                <svg
                    class="link-code"
                    viewBox={`0 0 ${rows.length} ${rows.length}`}
                    role="img"
                    aria-label={groupLink.code(room.name)}
                    shape-rendering="crispEdges"
                >
                    <path d={outlineOf(rows)} />
                </svg>
            ) : (
                <Spinner label={common.loading} />
            )}
            <p class="link-code-text">
                <bdi dir="ltr">{link}</bdi>
            </p>
            <p>{groupLink.scan}</p>
        </Dialog>
    );
}
