import type { MatrixEvent, Room } from "matrix-js-sdk";
import type { IconName } from "../design/Icon";
import type { MenuEntry } from "../design/Menu";
import type { Matrix } from "../matrix/matrix";
import { restrictionIn } from "../session/restricted";

export interface Aimed {
    event: MatrixEvent;
    room: Room;
    isMine: boolean;
    matrix: Matrix;
}

/** Something one can do with a message. A file in the folder `actions/` of any slice adds one. */
export interface MessageAction {
    /** Smaller ones stand higher. */
    order: number;
    icon: IconName;
    label: () => string;
    isFor: (aimed: Aimed) => boolean;
    act: (aimed: Aimed) => void;
    isDangerous?: boolean;
}

const files: Record<string, { default: MessageAction | readonly MessageAction[] }> = import.meta.glob(
    "../*/actions/*.ts",
    { eager: true },
);

export function actionsFor(aimed: Aimed): MenuEntry[] {
    const actions = Object.values(files).flatMap((file) => [file.default].flat());
    return actions
        .filter((action) => action.isFor(aimed))
        .sort((one, other) => one.order - other.order)
        .map(({ icon, label, act, isDangerous = false }) => ({
            icon,
            label: label(),
            isDangerous,
            act: () => act(aimed),
        }));
}

/** It has reached the server, and is neither deleted nor withheld: one can point at it. */
export function isThere({ event }: Aimed): boolean {
    const isWithheld = restrictionIn(event.getUnsigned() as Record<string, unknown>) !== null;
    return !event.status && !event.isRedacted() && !event.isDecryptionFailure() && !isWithheld;
}
