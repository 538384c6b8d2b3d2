import type { JSX } from "preact";
import { Button } from "../../design/Button";
import { Icon, type IconName } from "../../design/Icon";
import { type Matrix, useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { asked } from "../asked";
import { openComparison } from "../Comparison";
import { openConfirmDevice } from "../ConfirmDevice";
import { openFirstSteps } from "../FirstSteps";
import { openNewDevice } from "../NewDevice";
import { newDevice } from "../newDevices";
import { RestoreProgress } from "../RestoreDialog";
import { restoring } from "../restore";
import { keysOf } from "../state";
import "./keys.css";

/** What somebody should do about their keys: one thing at a time, the most pressing first. */
export default function KeysBanner(): JSX.Element {
    const matrix = useMatrix();
    return <div role="status">{pressing(matrix)}</div>;
}

function pressing(matrix: Matrix): JSX.Element | null {
    const { keys } = words.value;
    const { view, isKnown } = keysOf(matrix);
    const [request] = asked.value;
    if (request) {
        const name = matrix.client.getUser(request.otherUserId)?.displayName ?? request.otherUserId;
        return (
            <Banner icon="shield" text={keys.bannerAsked(name)}>
                <Button onClick={() => openComparison(matrix, request)}>{keys.bannerAskedAct}</Button>
            </Banner>
        );
    }
    if (!isKnown.value) return null;
    const { hasIdentity, isConfirmed, canConfirm, hasRecovery } = view.value;
    const stranger = newDevice(matrix);
    if (stranger) {
        return (
            <Banner icon="devices" text={keys.bannerNewDevice(stranger.name)} isUrgent>
                <Button onClick={() => openNewDevice(stranger, false)}>{keys.bannerNewDeviceNo}</Button>
                <Button onClick={() => openNewDevice(stranger, true)}>{keys.bannerNewDeviceYes}</Button>
            </Banner>
        );
    }
    if (restoring.value) {
        return (
            <div class="keys-banner">
                <RestoreProgress />
            </div>
        );
    }
    if (hasIdentity && !isConfirmed) {
        return (
            <Banner icon="shield" text={keys.bannerUnconfirmed}>
                <Button onClick={openConfirmDevice}>{keys.bannerUnconfirmedAct}</Button>
            </Banner>
        );
    }
    if (canConfirm && !hasRecovery) {
        return (
            <Banner icon="key" text={keys.bannerFirst}>
                <Button onClick={openFirstSteps}>{keys.bannerFirstAct}</Button>
            </Banner>
        );
    }
    return null;
}

interface BannerProps {
    icon: IconName;
    text: string;
    isUrgent?: boolean;
    children: JSX.Element | JSX.Element[];
}

function Banner({ icon, text, isUrgent = false, children }: BannerProps): JSX.Element {
    return (
        <div class={isUrgent ? "keys-banner keys-banner-urgent" : "keys-banner"}>
            <p>
                <Icon name={icon} />
                <span>{text}</span>
            </p>
            <div class="keys-banner-actions">{children}</div>
        </div>
    );
}
