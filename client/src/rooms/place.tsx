import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Place } from "../app/parts";
import { Composer } from "../compose/Composer";
import { setTitle } from "../design/pageTitle";
import { useMatrix } from "../matrix/matrix";
import { Timeline } from "../timeline/Timeline";
import { words } from "../words";
import { strips } from "./chatParts";
import { Door } from "./Door";
import { Invitation } from "./Invitation";
import { RoomHeader } from "./RoomHeader";
import "./place.css";

/** `#/chat/<room ID>[/<event ID>]`: a conversation. */
function Chat({ parts: [roomId = "", eventId] }: { parts: string[] }): JSX.Element {
    const matrix = useMatrix();
    const known = matrix.rooms.chats.value && matrix.rooms.view(roomId); // a room may become known while one waits
    const view = known?.value;
    const room = matrix.rooms.room(roomId);
    useEffect(() => {
        setTitle(view ? `${view.name} · ${words.value.common.appName}` : words.value.common.appName);
    }, [view]);
    if (!view || !room || view.membership === "leave" || view.membership === "ban" || view.membership === "knock") {
        return <Door key={roomId} address={roomId} />;
    }
    if (view.membership === "invite") return <Invitation view={view} />;
    const kind = view.isOfficial ? "chat-official" : view.isEncrypted ? "chat-sealed" : "chat-open";
    return (
        <div class={`chat ${kind}`}>
            <RoomHeader view={view} />
            <div class="chat-strips">
                {strips.map((Strip, i) => (
                    <Strip key={i} room={room} view={view} />
                ))}
            </div>
            <Timeline key={`${roomId} ${eventId}`} room={room} view={view} eventId={eventId} />
            {view.isOfficial ? (
                <p class="composer-closed">{words.value.rooms.officialFoot}</p>
            ) : (
                <Composer key={roomId} room={room} view={view} />
            )}
        </div>
    );
}

export default { name: "chat", Place: Chat } satisfies Place;
