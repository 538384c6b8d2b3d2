/** The keys in a browser bear one user at a time: a second tab would use a one-time key twice, or lose one. */
const LOCK = "chappe-session";

/** Whether this tab has the session now. `lost` is called when another takes it over later. */
export function takeTab({ steal, lost }: { steal: boolean; lost: () => void }): Promise<boolean> {
    return new Promise((resolve) => {
        const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
        const held = navigator.locks.request(LOCK, options, (lock) => {
            resolve(lock !== null);
            return lock ? new Promise<never>(() => undefined) : undefined; // until the tab closes
        });
        held.catch(lost); // only when it is stolen
    });
}
