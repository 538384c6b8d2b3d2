import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import type { Restriction } from "../session/restricted";
import { inOneText } from "../session/restrictionWords";
import { words } from "../words";
import { download } from "./address";
import type { Source } from "./attachment";
import { Damaged } from "./encrypted";
import { Gone, objectUrl, Withheld } from "./load";

export interface Loaded {
    url: string | null;
    /** Of what is being loaded, 0 to 1. */
    progress: number;
    wrong: "gone" | "withheld" | "damaged" | "network" | null;
    /** By what it is withheld. */
    restriction: Restriction | null;
    again: () => void;
}

const NOTHING = { url: null, progress: 0, wrong: null, restriction: null } as const;

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
            (found) => isGone || setState({ ...NOTHING, url: found, progress: 1 }),
            (error: unknown) => isGone || setState({ ...NOTHING, ...why(error) }),
        );
        return () => {
            isGone = true;
            release();
        };
    }, [client, mxc, type, isWanted, plain, attempt]);
    const again = (): void => setAttempt((before) => before + 1);
    return plain ? { ...NOTHING, url: isWanted ? plain : null, again } : { ...state, again };
}

export function why(error: unknown): Pick<Loaded, "wrong" | "restriction"> {
    if (error instanceof Withheld) return { wrong: "withheld", restriction: error.restriction };
    const wrong = error instanceof Gone ? "gone" : error instanceof Damaged ? "damaged" : "network";
    return { wrong, restriction: null };
}

/** Why there is nothing to see, for the person. */
export function wrongInWords(wrong: Exclude<Loaded["wrong"], null>, restriction: Restriction | null): string {
    return restriction ? inOneText(restriction) : words.value.media.wrong[wrong];
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
