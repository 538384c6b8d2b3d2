/** What the server and other clients know and the SDK has no types for. */
declare module "matrix-js-sdk/lib/@types/event" {
    interface RoomAccountDataEvents {
        "m.marked_unread": { unread: boolean };
    }
}

export {};
