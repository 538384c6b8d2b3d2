import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { addressOf, navigate, route } from "../../app/route";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { setBlocked } from "../../people/blocked";
import { words } from "../../words";
import { authorOf, type Target } from "../draft";

interface DoneProps {
    target: Target;
    receipt: string;
    onClose: () => void;
}

/** It was received; what happens now, and what one can do for oneself meanwhile. */
export function Done({ target, receipt, onClose }: DoneProps): JSX.Element {
    const { client, me } = useMatrix();
    const { safety, people } = words.value;
    const author = authorOf(target);
    const { room } = target;
    const name = author ? (room?.getMember(author)?.name ?? author) : "";
    const leave = async (): Promise<void> => {
        if (!room) return;
        await client.leave(room.roomId);
        if (route.value.parts[0] === room.roomId) navigate({ name: "chats" });
        onClose();
    };
    return (
        <>
            <p class="report-thanks">
                <Icon name="check" />
                <span>
                    {safety.received}
                    <span class="report-soft">{safety.reference(receipt)}</span>
                </span>
            </p>
            <p>
                <a href={addressOf({ name: "settings", parts: ["safety"] })} onClick={onClose}>
                    {safety.toMyReports}
                </a>
            </p>
            <div class="report-after">
                {author && author !== me && !client.isUserIgnored(author) && (
                    <Offer
                        text={people.blockMore}
                        label={safety.blockPerson(name)}
                        done={people.blocked(name)}
                        act={() => setBlocked(client, author, true)}
                    />
                )}
                {room && ["join", "invite"].includes(room.getMyMembership()) && (
                    <Offer text={safety.leaveMore} label={safety.leaveChat} done="" act={leave} />
                )}
            </div>
        </>
    );
}

/** Something that one may do now, and need not. */
function Offer(props: { text: string; label: string; done: string; act: () => Promise<unknown> }): JSX.Element {
    const [state, setState] = useState<"offered" | "busy" | "done" | "failed">("offered");
    const act = async (): Promise<void> => {
        setState("busy");
        try {
            await props.act();
            setState("done");
        } catch (error) {
            console.warn(error);
            setState("failed");
        }
    };
    if (state === "done") return <p role="status">{props.done}</p>;
    return (
        <div class="report-offer">
            <span class="report-soft">{props.text}</span>
            <Button busy={state === "busy"} onClick={() => void act()}>
                {props.label}
            </Button>
            {state === "failed" && <p role="alert">{words.value.common.somethingBroke}</p>}
        </div>
    );
}
