import { type ICreateRoomOpts, type MatrixClient, Preset, Visibility } from "matrix-js-sdk";
import { ENCRYPTION } from "../../matrix/direct";

export interface GroupWish {
    name: string;
    isPublic: boolean;
    /** Of a public group: the part of its address before the server. */
    address: string;
    invite: string[];
}

/** What a new group asks of the server. A private one is encrypted, always; a public one never is. */
export function groupOptions({ name, isPublic, address, invite }: GroupWish): ICreateRoomOpts {
    if (isPublic) {
        const visibility = Visibility.Public;
        return { name, invite, preset: Preset.PublicChat, visibility, room_alias_name: address };
    }
    return { name, invite, preset: Preset.PrivateChat, visibility: Visibility.Private, initial_state: [ENCRYPTION] };
}

export async function createGroup(client: MatrixClient, wish: GroupWish): Promise<string> {
    return (await client.createRoom(groupOptions(wish))).room_id;
}

/** An address as a name suggests it: no accents, no spaces. */
export function addressFrom(name: string): string {
    return name
        .normalize("NFKD")
        .replace(/\p{M}/gu, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-|-$/g, "");
}
