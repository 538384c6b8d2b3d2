/** The keys in a browser bear one user at a time: a second tab would use a one-time key twice, or lose one. */
const LOCK = "chappe-session";

/** It has it already, as when a login that expired goes on. */
let isHeld = false;

/** Whether this tab has the session now. `lost` is called when another takes it over later. */
export function takeTab({ steal, lost }: { steal: boolean; lost: () => void }): Promise<boolean> {
    if (isHeld) return Promise.resolve(true);
    return new Promise((resolve) => {
        const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
        const held = navigator.locks.request(LOCK, options, (lock) => {
            isHeld = lock !== null;
            resolve(isHeld);
            return lock ? new Promise<never>(() => undefined) : undefined; // until the tab closes
        });
        held.catch(lost); // only when it is stolen
    });
}
