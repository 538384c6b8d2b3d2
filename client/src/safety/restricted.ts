import type { MatrixEvent } from "matrix-js-sdk";
import { isServer } from "../matrix/official";
import { type Restriction, restrictionIn } from "../session/restricted";

/**
 * What an event is restricted by, told by the server: in its place (`unsigned`), or by the server's own redaction of what
 * this client had already. Nobody else can say so: `unsigned` is the server's, and so is the name of its sender.
 */
export function restrictionOf(event: MatrixEvent): Restriction | null {
    const unsigned = event.getUnsigned() as Record<string, unknown>;
    const inPlace = restrictionIn(unsigned);
    if (inPlace) return inPlace;
    const because = unsigned["redacted_because"] as { sender?: string; content?: Record<string, unknown> } | undefined;
    return because && isServer(because.sender) ? restrictionIn(because.content ?? {}) : null;
}
