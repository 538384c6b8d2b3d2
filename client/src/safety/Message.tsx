import type { Room } from "matrix-js-sdk";
import type { JSX } from "preact";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { language, words } from "../words";
import type { Chosen } from "./disclose";
import "./Message.css";

interface MessageProps {
    chosen: Chosen;
    room: Room;
    onRemove?: () => void;
}

/** A message as it is handed over: all of its text, what is attached, and whether it can be proven. */
export function Message({ chosen, room, onRemove }: MessageProps): JSX.Element {
    const { safety } = words.value;
    const { event, disclosed, isProven } = chosen;
    const sender = event.getSender() ?? "";
    const name = room.getMember(sender)?.name ?? sender;
    const at = event.getTs();
    return (
        <div class="handed">
            <p class="handed-head">
                <bdi>{name}</bdi>
                <time dateTime={new Date(at).toISOString()}>
                    {new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(at)}
                </time>
            </p>
            {event.isRelation("m.replace") && <p class="handed-note">{safety.messageChanged}</p>}
            <p class="handed-text scrolls" dir="auto" tabIndex={0}>
                {textOf(disclosed.content) || safety.messageOther(disclosed.type)}
            </p>
            {hasAttachment(disclosed.content) && (
                <p class="handed-note">
                    <Icon name="attach" size={16} />
                    {safety.messageAttachment}
                </p>
            )}
            <p class={isProven ? "handed-note handed-proven" : "handed-note"}>
                <Icon name={isProven ? "check" : "info"} size={16} />
                {isProven ? safety.messageProven : safety.messageUnproven}
            </p>
            {onRemove && (
                <Button onClick={onRemove}>
                    {safety.messageRemove}
                    <span class="unseen"> {textOf(disclosed.content).slice(0, 60)}</span>
                </Button>
            )}
        </div>
    );
}

function textOf(content: Record<string, unknown>): string {
    const { body } = (content["m.new_content"] ?? content) as { body?: unknown };
    return typeof body === "string" ? body : "";
}

function hasAttachment(content: Record<string, unknown>): boolean {
    return typeof content["file"] === "object" && content["file"] !== null;
}
