import type { JSX } from "preact";
import { Icon } from "../design/Icon";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import "./ConnectionBanner.css";

/** Whether the server can be reached, where it cannot. */
export function ConnectionBanner(): JSX.Element {
    const isOffline = useMatrix().connection.value === "offline";
    return (
        <div role="status">
            {isOffline && (
                <p class="connection-banner">
                    <Icon name="warn" />
                    {words.value.app.offline}
                </p>
            )}
        </div>
    );
}
