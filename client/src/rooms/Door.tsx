import { MatrixError } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { navigate } from "../app/route";
import { Avatar } from "../design/Avatar";
import { Button, IconButton } from "../design/Button";
import { EmptyState } from "../design/EmptyState";
import { Icon } from "../design/Icon";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import { type Restriction, restrictionIn } from "../session/restricted";
import { inOneText, titleOf } from "../session/restrictionWords";
import { words } from "../words";
import "./Invitation.css";

type Summary = Awaited<ReturnType<ReturnType<typeof useMatrix>["client"]["getRoomSummary"]>>;

/** Before a group that this person is not in, at its link or its address: what it is, and the way in where there is one. */
export function Door({ address }: { address: string }): JSX.Element {
    const { client, rooms: list } = useMatrix();
    const { rooms, search, common } = words.value;
    const [summary, setSummary] = useState<Summary | "loading" | "none">("loading");
    const [restriction, setRestriction] = useState<Restriction | null>(null);
    const [isBusy, setBusy] = useState(false);
    const [hasAsked, setAsked] = useState(list.room(address)?.getMyMembership() === "knock");
    useEffect(() => {
        let isStale = false;
        const show = (found: Summary | "none"): void => {
            if (isStale) return;
            const known = found === "none" ? undefined : list.view(found.room_id)?.peek();
            if (known && found !== "none" && known.id !== address && ["join", "invite"].includes(known.membership)) {
                navigate({ name: "chat", parts: [known.id] }, { replace: true });
            } else setSummary(found);
        };
        setSummary("loading");
        setRestriction(null);
        client.getRoomSummary(address).then(show, (error: unknown) => {
            if (!isStale) setRestriction(error instanceof MatrixError ? restrictionIn(error.data) : null);
            show("none");
        });
        return () => {
            isStale = true;
        };
    }, [address, client, list]);
    if (summary === "loading") return <Spinner label={common.loading} />;
    if (restriction) return <EmptyState title={titleOf(restriction)}>{inOneText(restriction)}</EmptyState>;
    if (summary === "none") return <EmptyState title={rooms.unknown}>{rooms.unknownMore}</EmptyState>;
    const name = summary.name ?? address;
    const isPublic = summary.join_rule === "public";
    const isSealed = Boolean(summary.encryption ?? summary["im.nheko.summary.encryption"]);
    const enter = async (): Promise<void> => {
        setBusy(true);
        if (isPublic) {
            const room = await trying(client.joinRoom(summary.room_id));
            if (room) navigate({ name: "chat", parts: [room.roomId] }, { replace: true });
        } else if (await trying(client.knockRoom(summary.room_id))) setAsked(true);
        setBusy(false);
    };
    return (
        <div class="invitation">
            <IconButton
                icon="back"
                label={common.back}
                class="only-on-phones icon-turns invitation-back"
                onClick={() => navigate({ name: "chats" })}
            />
            <Avatar name={name} id={summary.room_id} picture={summary.avatar_url ?? null} size={96} />
            <h2>
                <bdi>{name}</bdi>
            </h2>
            <span class="invitation-id">{rooms.members(summary.num_joined_members)}</span>
            {summary.topic && <bdi>{summary.topic}</bdi>}
            <p class={isSealed ? "invitation-sealed" : "invitation-open"}>
                <Icon name={isSealed ? "lock" : "open"} />
                {isSealed ? rooms.encryptedMore : rooms.openMore}
            </p>
            {hasAsked ? (
                <p role="status">{search.asked}</p>
            ) : isPublic || summary.join_rule === "knock" ? (
                <Button kind="main" busy={isBusy} onClick={() => void enter()}>
                    {isPublic ? search.join : search.ask}
                </Button>
            ) : (
                <p>{search.onlyInvited}</p>
            )}
        </div>
    );
}
