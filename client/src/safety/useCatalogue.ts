import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { type Catalogue, catalogueOf } from "./api";

/** The categories and terms of this server; `failed` when they did not come, and `again` asks once more. */
export function useCatalogue(): { catalogue: Catalogue | null; failed: boolean; again: () => void } {
    const { client } = useMatrix();
    const [catalogue, setCatalogue] = useState<Catalogue | null>(null);
    const [failed, setFailed] = useState(false);
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
        let isGone = false;
        setFailed(false);
        catalogueOf(client).then(
            (found) => isGone || setCatalogue(found),
            () => isGone || setFailed(true),
        );
        return () => {
            isGone = true;
        };
    }, [client, attempt]);
    return { catalogue, failed, again: () => setAttempt((before) => before + 1) };
}
