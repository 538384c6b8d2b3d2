import { signal } from "@preact/signals";
import type { Matrix } from "../matrix/matrix";
import type { Device } from "./devices";
import { keysOf } from "./state";

/** The devices that this person was asked about and did not want to be asked about again, in this browser. */
const DISMISSED = "chappe.keys.dismissed";

const dismissed = signal<ReadonlySet<string>>(new Set((localStorage.getItem(DISMISSED) ?? "").split(" ")));

/**
 * A device of this person that nobody has confirmed. Only a confirmed device asks: a new one would ask about all the
 * others.
 */
export function newDevice(matrix: Matrix): Device | undefined {
    const { view, devices } = keysOf(matrix);
    if (!view.value.isConfirmed) return undefined;
    return devices.value.find(
        ({ id, isConfirmed }) => !isConfirmed && id !== matrix.session.deviceId && !dismissed.value.has(id),
    );
}

/** Do not ask about this device again. It stays in the list of devices as what it is. */
export function dismiss(deviceId: string): void {
    dismissed.value = new Set([...dismissed.peek(), deviceId]);
    localStorage.setItem(DISMISSED, [...dismissed.peek()].join(" "));
}
