import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../../design/Button";
import { words } from "../../words";
import "./newVersion.css";

/** Between two questions for a new version, asked when somebody comes back to the page. */
const ASK_AFTER_MS = 10 * 60_000;

const isThere = signal(false);
let first: string | null = null;
let askedAt = 0;

/** The server has a newer client than this one. It is loaded when the person wants it, never under their hands. */
export default function NewVersion(): JSX.Element {
    useEffect(() => {
        const look = (): void => void (document.visibilityState === "visible" && ask());
        look();
        document.addEventListener("visibilitychange", look);
        return () => document.removeEventListener("visibilitychange", look);
    }, []);
    const { settings } = words.value;
    return (
        <div role="status">
            {isThere.value && (
                <p class="new-version">
                    {settings.newVersion}
                    <Button onClick={() => location.reload()}>{settings.useNewVersion}</Button>
                </p>
            )}
        </div>
    );
}

async function ask(): Promise<void> {
    if (Date.now() - askedAt < ASK_AFTER_MS) return;
    askedAt = Date.now();
    const answer = await fetch("/", { cache: "no-cache" }).catch(() => null); // asked again when there is a network
    const version = answer?.ok ? answer.headers.get("ETag") : null;
    if (!version) return;
    first ??= version;
    isThere.value = version !== first;
}
