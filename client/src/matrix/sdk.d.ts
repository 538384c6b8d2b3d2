/** What the server and other clients know and the SDK has no types for. */
declare module "matrix-js-sdk/lib/@types/event" {
    interface RoomAccountDataEvents {
        "m.marked_unread": { unread: boolean };
        /** What was begun in the room, encrypted (`compose/draftsInStep.ts`). */
        "org.chappe.draft": { sealed: string };
    }

    interface AccountDataEvents {
        /** The folders of this person, in their order (`folders/`). */
        "org.chappe.folders": { tags: string[] };
        /** The room of what this person has saved (`saved/`). */
        "org.chappe.saved_messages": { room_id: string };
    }
}

export {};
