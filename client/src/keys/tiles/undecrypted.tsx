import { EventType, type MatrixEvent } from "matrix-js-sdk";
import { DecryptionFailureCode } from "matrix-js-sdk/lib/crypto-api";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { Spinner } from "../../design/Spinner";
import { toast, trying } from "../../design/Toasts";
import { type Matrix, useMatrix } from "../../matrix/matrix";
import type { Tile, TileProps } from "../../timeline/registry";
import { words } from "../../words";
import { openConfirmDevice } from "../ConfirmDevice";
import { compareWith } from "../compareWith";
import { readAgain } from "../restore";
import { keysOf } from "../state";
import "./undecrypted.css";

/** A message that cannot be read here: why, and a button for what helps. */
function Undecrypted({ event }: TileProps): JSX.Element {
    const matrix = useMatrix();
    const said = words.value.timeline.cannotDecrypt;
    if (event.isBeingDecrypted() || !event.isDecryptionFailure()) return <Spinner label={words.value.common.loading} />;
    const { isConfirmed } = keysOf(matrix).view.value;
    const { why, help } = reasonOf(event.decryptionFailureReason, isConfirmed);
    return (
        <div class="undecrypted">
            <Icon name="lock" />
            <span>
                <strong>{said.title}</strong>
                {why}
                {help && <Help help={help} event={event} matrix={matrix} />}
            </span>
        </div>
    );
}

type Help = "confirm" | "again" | "compare";

interface Reason {
    why: string;
    /** What can be done about it, if anything. */
    help: Help | null;
}

/** Why a message cannot be read (the reasons of the SDK, and "m.room_key.withheld" of the spec), and what helps. */
export function reasonOf(reason: DecryptionFailureCode | null, isConfirmed: boolean): Reason {
    const said = words.value.timeline.cannotDecrypt;
    const { unread } = words.value.keys;
    const confirm = isConfirmed ? "again" : "confirm";
    switch (reason) {
        case DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP:
            return { why: unread.noBackup, help: null };
        case DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED:
            return { why: isConfirmed ? unread.notInBackup : unread.needsConfirm, help: confirm };
        case DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP:
            return { why: unread.notInBackup, help: "again" };
        case DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED:
            return { why: said.notMember, help: null };
        case DecryptionFailureCode.MEGOLM_KEY_WITHHELD:
            return { why: said.withheld, help: null };
        case DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE:
            return { why: said.unverified, help: isConfirmed ? null : "confirm" };
        case DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED:
            return { why: said.changedIdentity, help: "compare" };
        case DecryptionFailureCode.UNSIGNED_SENDER_DEVICE:
        case DecryptionFailureCode.UNKNOWN_SENDER_DEVICE:
            return { why: unread.unsignedDevice, help: null };
        case DecryptionFailureCode.MEGOLM_UNKNOWN_INBOUND_SESSION_ID:
        case DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX:
            return { why: said.noKey, help: confirm };
        default:
            return { why: said.broken, help: null };
    }
}

function Help({ help, event, matrix }: { help: Help; event: MatrixEvent; matrix: Matrix }): JSX.Element {
    const { keys } = words.value;
    const [isBusy, setBusy] = useState(false);
    const roomId = event.getRoomId() ?? "";
    const again = async (): Promise<void> => {
        setBusy(true);
        await trying(readAgain(matrix, roomId));
        setBusy(false);
        if (event.isDecryptionFailure()) toast(keys.unread.stillNot);
    };
    switch (help) {
        case "confirm":
            return <Button onClick={openConfirmDevice}>{keys.unread.confirm}</Button>;
        case "again":
            return (
                <Button busy={isBusy} onClick={() => void again()}>
                    {keys.unread.again}
                </Button>
            );
        case "compare":
            return (
                <Button onClick={() => void trying(compareWith(matrix, event.getSender() ?? "", roomId))}>
                    {keys.person.compare}
                </Button>
            );
    }
}

export default {
    type: EventType.RoomMessageEncrypted,
    shape: "bubble",
    Tile: Undecrypted,
    preview: (event) => (event.isDecryptionFailure() ? words.value.timeline.cannotDecrypt.title : "…"),
} satisfies Tile;
