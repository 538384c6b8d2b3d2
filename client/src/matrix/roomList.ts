import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
    ClientEvent,
    EventType,
    type MatrixClient,
    type MatrixEvent,
    MatrixEventEvent,
    type Room,
    RoomEvent,
    type RoomMember,
    RoomMemberEvent,
    RoomStateEvent,
} from "matrix-js-sdk";
import { words } from "../words";
import { inOrder, isSameView, type RoomView, SAVED, viewOf } from "./roomView";

/**
 * All rooms of this person, as signals. What the SDK tells only marks rooms; they are looked at once, after the SDK
 * has finished with an answer of the server, so that a thousand rooms cost a thousand looks and not a hundred thousand.
 */
export class RoomList {
    private readonly views = new Map<string, Signal<RoomView>>();
    private readonly typists = new Map<string, Signal<readonly string[]>>();
    private readonly inList = signal<readonly RoomView[]>([]);
    private readonly changed = new Set<string>();
    private partners: Map<string, string> | null = null;
    private isPlanned = false;
    private isClosed = false;
    private readonly stopWords: () => void;

    /** Joined rooms and invitations, in their order; without spaces, and without rooms that another has replaced. */
    readonly chats: ReadonlySignal<readonly RoomView[]> = computed(() =>
        this.inList.value.filter((view) => !view.isSpace && !isReplaced(view, this.views)),
    );

    readonly spaces: ReadonlySignal<readonly RoomView[]> = computed(() =>
        this.inList.value.filter((view) => view.isSpace),
    );

    constructor(private readonly client: MatrixClient) {
        client.on(ClientEvent.Room, this.onRoom);
        client.on(ClientEvent.DeleteRoom, this.onGone);
        client.on(ClientEvent.AccountData, this.onAccountData);
        client.on(RoomEvent.Name, this.onRoom);
        client.on(RoomEvent.MyMembership, this.onRoom);
        client.on(RoomEvent.Timeline, this.onTimeline);
        client.on(RoomEvent.Receipt, this.onEventIn);
        client.on(RoomEvent.Tags, this.onEventIn);
        client.on(RoomEvent.AccountData, this.onEventIn);
        client.on(RoomEvent.LocalEchoUpdated, this.onEventIn);
        client.on(RoomStateEvent.Events, this.onState);
        client.on(MatrixEventEvent.Decrypted, this.onState);
        client.on(RoomMemberEvent.Typing, this.onTyping);
        for (const room of client.getRooms()) this.mark(room.roomId);
        this.stopWords = words.subscribe(() => this.mark(client.getAccountData(SAVED)?.getContent()["room_id"])); // it has no name of its own
    }

    /** A room as it looks now; undefined for one that is not known. */
    view(roomId: string): ReadonlySignal<RoomView> | undefined {
        return this.views.get(roomId);
    }

    /** The SDK's own room. */
    room(roomId: string): Room | null {
        return this.client.getRoom(roomId);
    }

    /** The direct chat with somebody, if there is one. */
    directChatWith(userId: string): RoomView | undefined {
        return this.inList.value.find((view) => view.partner === userId);
    }

    /** Who is typing in a room at this moment, by name. */
    typing(roomId: string): ReadonlySignal<readonly string[]> {
        let found = this.typists.get(roomId);
        if (!found) {
            found = signal<readonly string[]>([]);
            this.typists.set(roomId, found);
        }
        return found;
    }

    private readonly onRoom = (room: Room): void => this.mark(room.roomId);
    private readonly onTimeline = (_: MatrixEvent, room: Room | undefined): void => this.mark(room?.roomId);
    private readonly onEventIn = (_: unknown, room: Room): void => this.mark(room.roomId);
    private readonly onState = (event: MatrixEvent): void => this.mark(event.getRoomId());
    private readonly onGone = (roomId: string): void => this.mark(roomId);

    private readonly onAccountData = (event: MatrixEvent): void => {
        if (event.getType() !== EventType.Direct && event.getType() !== SAVED) return;
        this.partners = null;
        for (const room of this.client.getRooms()) this.mark(room.roomId);
    };

    private readonly onTyping = (_: MatrixEvent, member: RoomMember): void => {
        const members = this.client.getRoom(member.roomId)?.getMembers() ?? [];
        const names = members
            .filter((each) => each.typing && each.userId !== this.client.getUserId())
            .map((each) => each.name);
        const known = this.typing(member.roomId) as Signal<readonly string[]>;
        if (known.value.join("\n") !== names.join("\n")) known.value = names;
    };

    private mark(roomId: string | undefined): void {
        if (!roomId || this.isClosed) return;
        this.changed.add(roomId);
        if (this.isPlanned) return;
        this.isPlanned = true;
        setTimeout(() => this.look(), 0);
    }

    /** Look at every marked room once. */
    private look(): void {
        this.isPlanned = false;
        const marked = [...this.changed];
        this.changed.clear();
        batch(() => {
            const isDifferent = marked.map((roomId) => this.lookAt(roomId));
            if (isDifferent.includes(true)) this.order();
        });
    }

    private lookAt(roomId: string): boolean {
        const known = this.views.get(roomId);
        const room = this.client.getRoom(roomId);
        if (!room) return this.views.delete(roomId);
        const view = viewOf(room, this.client, this.partnerIn(roomId));
        if (isSameView(known?.peek(), view)) return false;
        if (known) known.value = view;
        else {
            this.views.set(roomId, signal(view));
            room.on(RoomEvent.UnreadNotifications, () => this.mark(roomId)); // the client does not pass this one on
        }
        return true;
    }

    private order(): void {
        const all = [...this.views.values()].map((view) => view.peek());
        this.inList.value = all
            .filter(({ membership }) => membership === "join" || membership === "invite")
            .sort(inOrder);
    }

    private partnerIn(roomId: string): string | null {
        if (!this.partners) {
            this.partners = new Map();
            const content = this.client.getAccountData(EventType.Direct)?.getContent() ?? {};
            for (const [userId, roomIds] of Object.entries(content)) {
                if (Array.isArray(roomIds)) for (const each of roomIds) this.partners.set(String(each), userId);
            }
        }
        return this.partners.get(roomId) ?? null;
    }

    close(): void {
        this.stopWords();
        this.isClosed = true; // the client, and with it what it tells, goes as a whole
    }
}

function isReplaced(view: RoomView, all: Map<string, Signal<RoomView>>): boolean {
    return view.successor !== null && all.get(view.successor)?.value.membership === "join";
}
