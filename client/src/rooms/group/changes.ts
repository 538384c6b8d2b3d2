import { type Room, RoomStateEvent } from "matrix-js-sdk";
import { useEffect, useState } from "preact/hooks";

/** Draw again when the state of a room has changed. The SDK changes it in place, once for each answer of the server. */
export function useChangesOf(room: Room): void {
    const [, setCount] = useState(0);
    useEffect(() => {
        const onUpdate = (): void => setCount((before) => before + 1);
        room.on(RoomStateEvent.Update, onUpdate);
        room.on(RoomStateEvent.Members, onUpdate);
        return () => {
            room.off(RoomStateEvent.Update, onUpdate);
            room.off(RoomStateEvent.Members, onUpdate);
        };
    }, [room]);
}

/** The members are loaded when somebody asks for them: a first sync brings only those who spoke. */
export function useMembersOf(room: Room): "loading" | "loaded" | "failed" {
    const [state, setState] = useState<"loading" | "loaded" | "failed">("loading");
    useEffect(() => {
        let isStale = false;
        const tell = (to: "loaded" | "failed") => (): void => void (isStale || setState(to));
        setState("loading");
        room.loadMembersIfNeeded().then(tell("loaded"), tell("failed"));
        return () => {
            isStale = true;
        };
    }, [room]);
    useChangesOf(room);
    return state;
}
