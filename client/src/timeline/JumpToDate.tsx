import { Direction } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../app/route";
import { Button } from "../design/Button";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { words } from "../words";
import "./JumpToDate.css";

/** Go to what was said on a day. */
export function openJumpToDate(roomId: string): void {
    openDialog((close) => <JumpToDate roomId={roomId} onClose={close} />);
}

function JumpToDate({ roomId, onClose }: { roomId: string; onClose: () => void }): JSX.Element {
    const matrix = useMatrix();
    const { timeline, common } = words.value;
    const today = dayOf(new Date());
    const [day, setDay] = useState(today);
    const [isBusy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | null>(null);
    const go = async (): Promise<void> => {
        setBusy(true);
        setWrong(null);
        try {
            const eventId = await firstOf(matrix, roomId, new Date(`${day}T00:00`).getTime());
            if (eventId) {
                onClose();
                navigate({ name: "chat", parts: [roomId, eventId] });
            } else setWrong(timeline.nothingThen);
        } catch {
            setWrong(common.somethingBroke);
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" busy={isBusy} disabled={!day} onClick={() => void go()}>
                {timeline.goThere}
            </Button>
        </>
    );
    return (
        <Dialog title={timeline.jumpToDate} onClose={onClose} actions={actions}>
            <label class="jump-to-date">
                {timeline.day}
                <input
                    type="date"
                    value={day}
                    max={today}
                    autofocus
                    onInput={(event) => setDay(event.currentTarget.value)}
                    onKeyDown={(event) => event.key === "Enter" && day && void go()}
                />
            </label>
            {wrong && <p role="alert">{wrong}</p>}
        </Dialog>
    );
}

/** The first message from a moment on, or else the last before it. */
async function firstOf({ client }: Matrix, roomId: string, at: number): Promise<string | null> {
    for (const direction of [Direction.Forward, Direction.Backward]) {
        try {
            return (await client.timestampToEvent(roomId, at, direction)).event_id;
        } catch (error) {
            if ((error as { errcode?: string }).errcode !== "M_NOT_FOUND") throw error;
        }
    }
    return null;
}

/** As fields of a date write it: the day here, not in Greenwich. */
function dayOf(date: Date): string {
    const two = (part: number): string => String(part).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
