import { EventType, type MatrixClient, Preset, Visibility } from "matrix-js-sdk";

export const ENCRYPTION = {
    type: EventType.RoomEncryption,
    state_key: "",
    content: { algorithm: "m.megolm.v1.aes-sha2" },
};

/** A new chat between two people. It is encrypted, always. Returns its room ID. */
export async function beginDirectChat(client: MatrixClient, userId: string): Promise<string> {
    const { room_id: roomId } = await client.createRoom({
        preset: Preset.TrustedPrivateChat,
        visibility: Visibility.Private,
        is_direct: true,
        invite: [userId],
        initial_state: [ENCRYPTION],
    });
    await markDirect(client, roomId, userId);
    return roomId;
}

/** Accept an invitation. One to a direct chat is listed as such from now on. */
export async function acceptInvitation(client: MatrixClient, roomId: string, partner: string | null): Promise<void> {
    await client.joinRoom(roomId);
    if (partner) await markDirect(client, roomId, partner);
}

async function markDirect(client: MatrixClient, roomId: string, userId: string): Promise<void> {
    const before = client.getAccountData(EventType.Direct)?.getContent() ?? {};
    const rooms = new Set(before[userId] ?? []).add(roomId);
    await client.setAccountData(EventType.Direct, { ...before, [userId]: [...rooms] });
}
