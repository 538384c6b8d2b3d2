import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { download } from "./address";
import type { Source } from "./attachment";
import { Damaged } from "./encrypted";
import { Gone, objectUrl } from "./load";

export interface Loaded {
    url: string | null;
    /** Of what is being loaded, 0 to 1. */
    progress: number;
    wrong: "gone" | "damaged" | "network" | null;
    again: () => void;
}

const NOTHING = { url: null, progress: 0, wrong: null } as const;

/** An address for a picture, video or sound, once it is wanted. What is open comes straight from the server. */
export function useMedia(source: Source | null, type: string, isWanted: boolean): Loaded {
    const { client } = useMatrix();
    const [state, setState] = useState<Omit<Loaded, "again">>(NOTHING);
    const [attempt, setAttempt] = useState(0);
    const plain = source && !source.encrypted ? download(source.mxc) : null;
    const mxc = source?.mxc;
    useEffect(() => {
        if (!isWanted || plain) return;
        if (!source?.encrypted) return setState({ ...NOTHING, wrong: "gone" });
        setState(NOTHING);
        let isGone = false;
        const { url, release } = objectUrl(client, source, type, (loaded, total) => {
            if (!isGone) setState({ ...NOTHING, progress: loaded / total });
        });
        url.then(
            (found) => isGone || setState({ url: found, progress: 1, wrong: null }),
            (error: unknown) => isGone || setState({ ...NOTHING, wrong: why(error) }),
        );
        return () => {
            isGone = true;
            release();
        };
    }, [client, mxc, type, isWanted, plain, attempt]);
    const again = (): void => setAttempt((before) => before + 1);
    return plain ? { url: isWanted ? plain : null, progress: 0, wrong: null, again } : { ...state, again };
}

function why(error: unknown): Loaded["wrong"] {
    if (error instanceof Gone) return "gone";
    return error instanceof Damaged ? "damaged" : "network";
}

/** Whether an element has been near the part of the page that is seen. */
export function useNear(ref: RefObject<Element | null>): boolean {
    const [isNear, setNear] = useState(false);
    useEffect(() => {
        const element = ref.current;
        if (!element || isNear) return;
        const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), {
            rootMargin: "600px",
        });
        observer.observe(element);
        return () => observer.disconnect();
    }, [ref, isNear]);
    return isNear;
}
