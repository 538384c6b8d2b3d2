import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useMatrix } from "../matrix/matrix";
import { hidePreviews, hidesPreviews, previewSealed, previewsSealed } from "../matrix/privacy";
import { words } from "../words";
import { Switch } from "./Choice";

/** Whether something is shown of pages that links lead to. Nothing where the server makes no previews. */
export function LinkPreviews(): JSX.Element | null {
    const { client } = useMatrix();
    const { linkPreviews } = words.value;
    const [isOffered, setOffered] = useState(false);
    useEffect(() => {
        client.getCapabilities().then(
            (known) => {
                const said = (known as Record<string, unknown>)["org.chappe.link_previews"];
                setOffered((said as { enabled?: unknown } | undefined)?.enabled === true);
            },
            () => undefined, // without a network there are none anyway
        );
    }, [client]);
    if (!isOffered) return null;
    return (
        <div class="settings-part">
            <h4>{linkPreviews.title}</h4>
            <Switch label={linkPreviews.open} isOn={!hidesPreviews.value} onSwitch={(isOn) => hidePreviews(!isOn)} />
            {!hidesPreviews.value && (
                <>
                    <Switch label={linkPreviews.sealed} isOn={previewsSealed.value} onSwitch={previewSealed} />
                    <p class="settings-soft">{linkPreviews.sealedMore}</p>
                </>
            )}
            <p class="settings-soft">{linkPreviews.here}</p>
        </div>
    );
}
