/** What is kept of a login, by the names that databases have where they are opened. */
const OF_A_LOGIN = /chappe-(crypto|sync|index|outbox|push)/;

/**
 * Remove the databases of a login that is over. A page that used them holds them open until its memory is tidied, which
 * may take half a minute; a page that is newly loaded removes them at once.
 */
export async function removeLeftovers(): Promise<void> {
    const known = (await indexedDB.databases?.()) ?? []; // where browsers do not tell, a login of the same name overwrites
    const names = known.flatMap(({ name }) => (name && OF_A_LOGIN.test(name) ? [name] : []));
    await Promise.all(names.map(remove));
}

function remove(name: string): Promise<void> {
    return new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve();
        request.onerror = () => resolve();
        request.onblocked = () => resolve(); // another tab has it open; it goes when that one is closed
    });
}
