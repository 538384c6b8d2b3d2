import { EventType } from "matrix-js-sdk";
import { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";
import type { JSX } from "preact";
import { Icon } from "../../design/Icon";
import { Spinner } from "../../design/Spinner";
import { words } from "../../words";
import type { Tile, TileProps } from "../registry";
import "./undecrypted.css";

/** A message that cannot be read here: why, and what to do about it. */
function Undecrypted({ event }: TileProps): JSX.Element {
    const said = words.value.timeline.cannotDecrypt;
    if (event.isBeingDecrypted() || !event.isDecryptionFailure()) return <Spinner label={words.value.common.loading} />;
    return (
        <div class="undecrypted">
            <Icon name="lock" />
            <span>
                <strong>{said.title}</strong>
                {why(event.decryptionFailureReason)}
            </span>
        </div>
    );
}

function why(reason: DecryptionFailureCode | null): string {
    const said = words.value.timeline.cannotDecrypt;
    switch (reason) {
        case DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP:
        case DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED:
        case DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP:
            return said.beforeLogin;
        case DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED:
            return said.notMember;
        case DecryptionFailureCode.MEGOLM_KEY_WITHHELD:
            return said.withheld;
        case DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE:
            return said.unverified;
        case DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED:
            return said.changedIdentity;
        case DecryptionFailureCode.MEGOLM_UNKNOWN_INBOUND_SESSION_ID:
        case DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX:
            return said.noKey;
        default:
            return said.broken;
    }
}

export default {
    type: EventType.RoomMessageEncrypted,
    shape: "bubble",
    Tile: Undecrypted,
    preview: (event) => (event.isDecryptionFailure() ? words.value.timeline.cannotDecrypt.title : "…"),
} satisfies Tile;
