import type { IMyDevice } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button, IconButton } from "../design/Button";
import { ask, Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { Icon } from "../design/Icon";
import { type MenuEntry, openMenu } from "../design/Menu";
import { Spinner } from "../design/Spinner";
import { trying } from "../design/Toasts";
import { type Matrix, useMatrix } from "../matrix/matrix";
import { language, words } from "../words";
import { authenticated, Cancelled } from "./authenticated";
import { confirmDevice } from "./NewDevice";
import { keysOf } from "./state";
import "./Devices.css";

/** Where this person is logged in: what is confirmed, renaming, logging out. For a page of any slice. */
export function Devices(): JSX.Element {
    const matrix = useMatrix();
    const { keys, common } = words.value;
    const known = keysOf(matrix).devices.value;
    const [devices, setDevices] = useState<readonly IMyDevice[] | null>(null);
    const [isBroken, setBroken] = useState(false);
    const load = async (): Promise<void> => {
        setBroken(false);
        try {
            const { devices: listed } = await matrix.client.getDevices();
            setDevices(inOrder(listed, matrix.session.deviceId));
        } catch (error) {
            console.warn(error);
            setBroken(true);
        }
    };
    useEffect(() => void load(), [matrix, known]);
    if (isBroken) {
        return (
            <p class="devices-broken" role="alert">
                {keys.devices.failed} <Button onClick={() => void load()}>{common.again}</Button>
            </p>
        );
    }
    if (!devices) return <Spinner label={common.loading} size={28} />;
    const others = devices.filter((device) => device.device_id !== matrix.session.deviceId);
    return (
        <div class="devices">
            <ul>
                {devices.map((device) => (
                    <DeviceRow key={device.device_id} device={device} onChanged={load} />
                ))}
            </ul>
            {others.length > 1 && (
                <Button
                    icon="leave"
                    onClick={() =>
                        ask({
                            title: keys.devices.logOutOthersTitle,
                            text: keys.devices.logOutMore,
                            yes: keys.devices.logOut,
                            isDangerous: true,
                            act: () => logOutThese(matrix, others, load),
                        })
                    }
                >
                    {keys.devices.logOutOthers}
                </Button>
            )}
        </div>
    );
}

interface DeviceRowProps {
    device: IMyDevice;
    onChanged: () => Promise<void>;
}

function DeviceRow({ device, onChanged }: DeviceRowProps): JSX.Element {
    const matrix = useMatrix();
    const said = words.value.keys.devices;
    const known = keysOf(matrix).devices.value.find(({ id }) => id === device.device_id);
    const isHere = device.device_id === matrix.session.deviceId;
    const name = device.display_name || said.unnamed;
    const state = !known ? "none" : known.isConfirmed ? "confirmed" : "unconfirmed";
    const menu: MenuEntry[] = [
        { label: said.rename, icon: "edit", act: () => rename(device, onChanged) },
        ...(state === "unconfirmed" && !isHere && keysOf(matrix).view.value.isConfirmed
            ? [
                  {
                      label: said.confirm,
                      icon: "shield",
                      act: () => void trying(confirmDevice(matrix, device.device_id)),
                  } as const,
              ]
            : []),
        ...(isHere
            ? []
            : [
                  {
                      label: said.logOut,
                      icon: "leave",
                      isDangerous: true,
                      act: () =>
                          ask({
                              title: said.logOutTitle(name),
                              text: said.logOutMore,
                              yes: said.logOut,
                              isDangerous: true,
                              act: () => logOutThese(matrix, [device], onChanged),
                          }),
                  } as const,
              ]),
    ];
    return (
        <li class="devices-row">
            <Icon name="devices" size={24} />
            <span class="devices-names">
                <bdi class="devices-name one-line">{name}</bdi>
                <span class={`devices-state devices-${state}`}>
                    <Icon
                        name={state === "confirmed" ? "check" : state === "unconfirmed" ? "warn" : "open"}
                        size={14}
                    />
                    {state === "confirmed" ? said.confirmed : state === "unconfirmed" ? said.unconfirmed : said.noKeys}
                    {isHere && ` · ${said.here}`}
                </span>
                <span class="devices-seen">
                    {[
                        device.last_seen_ts && said.lastSeen(ago(device.last_seen_ts)),
                        device.last_seen_ip,
                        device.device_id,
                    ]
                        .filter(Boolean)
                        .join(" · ")}
                </span>
            </span>
            <IconButton icon="more" label={said.actions(name)} hasMenu onClick={(event) => openMenu(event, menu)} />
        </li>
    );
}

/** This one first, then those that were seen last. */
function inOrder(devices: readonly IMyDevice[], here: string): IMyDevice[] {
    const rank = (device: IMyDevice): number =>
        device.device_id === here ? Number.POSITIVE_INFINITY : (device.last_seen_ts ?? 0);
    return [...devices].sort((one, other) => rank(other) - rank(one));
}

const UNITS = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
] as const;

/** How long ago, in the largest unit that fits. */
export function ago(at: number, now: number = Date.now()): string {
    const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
    const passed = Math.max(0, now - at);
    const [unit, size] = UNITS.find(([, size]) => passed >= size) ?? (["minute", 60_000] as const);
    return format.format(-Math.floor(passed / size), unit);
}

async function logOutThese(
    matrix: Matrix,
    devices: readonly IMyDevice[],
    onChanged: () => Promise<void>,
): Promise<void> {
    const ids = devices.map((device) => device.device_id);
    try {
        await authenticated<object>(matrix)((auth) => matrix.client.deleteMultipleDevices(ids, auth ?? undefined));
    } catch (error) {
        if (error instanceof Cancelled) return;
        throw error;
    }
    await onChanged();
}

function rename(device: IMyDevice, onChanged: () => Promise<void>): void {
    openDialog((close) => <Rename device={device} onChanged={onChanged} onClose={close} />);
}

function Rename({ device, onChanged, onClose }: DeviceRowProps & { onClose: () => void }): JSX.Element {
    const { client } = useMatrix();
    const { keys, common } = words.value;
    const [name, setName] = useState(device.display_name ?? "");
    const [isBusy, setBusy] = useState(false);
    const [isWrong, setWrong] = useState(false);
    const go = async (event?: Event): Promise<void> => {
        event?.preventDefault();
        if (isBusy) return;
        setBusy(true);
        try {
            await client.setDeviceDetails(device.device_id, { display_name: name.trim() });
            await onChanged();
            onClose();
        } catch {
            setWrong(true);
        }
        setBusy(false);
    };
    const actions = (
        <>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button kind="main" busy={isBusy} onClick={() => void go()}>
                {keys.devices.save}
            </Button>
        </>
    );
    return (
        <Dialog title={keys.devices.rename} onClose={onClose} actions={actions}>
            <form onSubmit={go}>
                <Field
                    label={keys.devices.name}
                    value={name}
                    onInput={setName}
                    wrong={isWrong ? keys.wrong : undefined}
                    autoFocus
                />
            </form>
        </Dialog>
    );
}
