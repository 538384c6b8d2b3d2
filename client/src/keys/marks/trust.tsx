import { EventType, type MatrixEvent, type Room } from "matrix-js-sdk";
import { EventShieldColour, EventShieldReason } from "matrix-js-sdk/lib/crypto-api";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../design/Icon";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { cryptoOf } from "../crypto";
import { peopleOf } from "../trust";
import "./trust.css";

interface Shield {
    reason: EventShieldReason | "open";
    isLoud: boolean;
}

/** Beside the time of a message: that it is not certain who sent it, or that it came open into an encrypted chat. */
export default function TrustMark({ event, looks }: { event: MatrixEvent; looks: string }): JSX.Element | null {
    const matrix = useMatrix();
    const [shield, setShield] = useState<Shield | null>(null);
    const changes = peopleOf(matrix).changes.value;
    useEffect(() => {
        let isGone = false;
        if (event.status || event.isRedacted() || event.isDecryptionFailure()) setShield(null);
        else if (!event.isEncrypted()) setShield(isOpenByMistake(event, matrix.client.getRoom(event.getRoomId())));
        else {
            void cryptoOf(matrix)
                .getEncryptionInfoForEvent(event)
                .then((info) => {
                    if (!isGone) setShield(info && shieldOf(info.shieldColour, info.shieldReason));
                });
        }
        return () => {
            isGone = true;
        };
    }, [event, looks, changes, matrix]);
    if (!shield) return null;
    const said = saidOf(shield.reason);
    return (
        <span
            class={shield.isLoud ? "trust-mark trust-mark-loud" : "trust-mark"}
            role="img"
            aria-label={said}
            title={said}
        >
            <Icon name={shield.reason === "open" ? "open" : "shield"} size={14} />
        </span>
    );
}

function shieldOf(colour: EventShieldColour, reason: EventShieldReason | null): Shield | null {
    if (colour === EventShieldColour.NONE) return null;
    return { reason: reason ?? EventShieldReason.UNKNOWN, isLoud: colour === EventShieldColour.RED };
}

/** What was said before a chat was encrypted is open rightly. */
function isOpenByMistake(event: MatrixEvent, room: Room | null): Shield | null {
    const since = room?.currentState.getStateEvents(EventType.RoomEncryption, "")?.getTs();
    if (since === undefined || event.isState() || event.getTs() < since) return null;
    return { reason: "open", isLoud: true };
}

export function saidOf(reason: Shield["reason"]): string {
    const { mark } = words.value.keys;
    switch (reason) {
        case "open":
            return mark.open;
        case EventShieldReason.UNVERIFIED_IDENTITY:
            return mark.unverifiedPerson;
        case EventShieldReason.UNSIGNED_DEVICE:
            return mark.unsignedDevice;
        case EventShieldReason.UNKNOWN_DEVICE:
            return mark.unknownDevice;
        case EventShieldReason.AUTHENTICITY_NOT_GUARANTEED:
            return mark.notGuaranteed;
        case EventShieldReason.VERIFICATION_VIOLATION:
            return mark.changed;
        case EventShieldReason.MISMATCHED_SENDER:
            return mark.otherSender;
        default:
            return mark.unknown;
    }
}
