import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Icon, type IconName } from "../../design/Icon";
import { trying } from "../../design/Toasts";
import { type Matrix, useMatrix } from "../../matrix/matrix";
import type { SettingsPage } from "../../settings/registry";
import { words } from "../../words";
import { openConfirmDevice } from "../ConfirmDevice";
import { cryptoOf } from "../crypto";
import { Devices } from "../Devices";
import { inGroups } from "../devices";
import { openFirstSteps } from "../FirstSteps";
import { openExport, openImport } from "../KeyFileDialogs";
import { openReset } from "../ResetDialog";
import { openRestore } from "../RestoreDialog";
import { keysOf } from "../state";
import "./keys.css";

/** How it stands with one's keys, where one is logged in, and what can be done about it. */
function KeysPage(): JSX.Element {
    return (
        <>
            <KeysState />
            <Part title={words.value.keys.page.devices}>
                <Devices />
            </Part>
            <More />
        </>
    );
}

function Part({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
    return (
        <section class="keys-part">
            <h4>{title}</h4>
            {children}
        </section>
    );
}

/** This device, the copy of the keys and the recovery key: each in a sentence, with what to do. */
function KeysState(): JSX.Element {
    const matrix = useMatrix();
    const { page } = words.value.keys;
    const { view } = keysOf(matrix);
    const { isConfirmed, canConfirm, hasRecovery, backup } = view.value;
    useEffect(() => void keysOf(matrix).count(), [matrix, backup]);
    return (
        <>
            <Part title={page.thisDevice}>
                <Fact
                    isGood={isConfirmed}
                    icon={isConfirmed ? "check" : "warn"}
                    said={isConfirmed ? page.confirmed : page.unconfirmed}
                    more={isConfirmed ? page.confirmedMore : page.unconfirmedMore}
                />
                {!isConfirmed && (
                    <Button kind="main" onClick={openConfirmDevice}>
                        {words.value.keys.device.title}
                    </Button>
                )}
            </Part>
            <Part title={page.copy}>
                <Copy matrix={matrix} />
                {backup === null && isConfirmed && (
                    <Button onClick={() => void trying(turnOn(matrix))}>{page.turnOn}</Button>
                )}
            </Part>
            <Part title={page.recovery}>
                <Fact
                    isGood={hasRecovery}
                    icon={hasRecovery ? "key" : "warn"}
                    said={hasRecovery ? page.recoveryOn : page.recoveryOff}
                />
                {canConfirm && (
                    <Button kind={hasRecovery ? "plain" : "main"} icon="key" onClick={openFirstSteps}>
                        {hasRecovery ? page.recoveryNew : page.recoveryMake}
                    </Button>
                )}
                {hasRecovery && (!isConfirmed || backup === null) && (
                    <Button onClick={openRestore}>{page.recoveryUse}</Button>
                )}
            </Part>
        </>
    );
}

function Copy({ matrix }: { matrix: Matrix }): JSX.Element {
    const { page } = words.value.keys;
    const { view, remaining, isFailing } = keysOf(matrix);
    const { backup, hasIdentity, isConfirmed } = view.value;
    if (hasIdentity && !isConfirmed) return <Fact isGood={false} icon="clock" said={page.copyWaits} />;
    if (backup === null) return <Fact isGood={false} icon="warn" said={page.copyOff} />;
    const left = remaining.value;
    const more = isFailing.value
        ? page.copyFailed
        : left === null
          ? undefined
          : left > 0
            ? page.copyLeft(left)
            : page.copyAll;
    return <Fact isGood={!isFailing.value} icon={isFailing.value ? "warn" : "check"} said={page.copyOn} more={more} />;
}

/** Where there is one that this device may add to, that one; or else a new one. */
async function turnOn(matrix: Matrix): Promise<void> {
    const crypto = cryptoOf(matrix);
    if (await crypto.checkKeyBackupAndEnable()) await keysOf(matrix).look();
    if (keysOf(matrix).view.value.backup !== null) return;
    if (keysOf(matrix).view.value.hasRecovery) return openRestore();
    await crypto.resetKeyBackup();
}

interface FactProps {
    isGood: boolean;
    icon: IconName;
    said: string;
    more?: string | undefined;
}

function Fact({ isGood, icon, said, more }: FactProps): JSX.Element {
    return (
        <p class={isGood ? "keys-fact keys-fact-good" : "keys-fact"}>
            <Icon name={icon} />
            <span>
                <strong>{said}</strong>
                {more && <span>{more}</span>}
            </span>
        </p>
    );
}

function More(): JSX.Element {
    const matrix = useMatrix();
    const { keys } = words.value;
    const [fingerprint, setFingerprint] = useState("");
    useEffect(() => {
        void cryptoOf(matrix)
            .getOwnDeviceKeys()
            .then(({ ed25519 }) => setFingerprint(inGroups(ed25519)));
    }, [matrix]);
    return (
        <details class="keys-part keys-more">
            <summary>{keys.page.more}</summary>
            <div>
                <Button icon="download" onClick={openExport}>
                    {keys.file.exportAct}
                </Button>
                <Button icon="plus" onClick={openImport}>
                    {keys.file.importAct}
                </Button>
                <Button icon="again" onClick={openReset}>
                    {keys.page.beginAgain}
                </Button>
                <dl>
                    <dt>{keys.page.fingerprint}</dt>
                    <dd>
                        <code>{fingerprint}</code>
                    </dd>
                </dl>
            </div>
        </details>
    );
}

export default {
    name: "keys",
    order: 35,
    icon: "key",
    title: () => words.value.keys.title,
    Page: KeysPage,
} satisfies SettingsPage;
