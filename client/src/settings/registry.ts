import type { ComponentType } from "preact";
import type { IconName } from "../design/Icon";

/** One page of the settings. A file `pages/*.tsx` of any slice exports it; there is no list to add it to. */
export interface SettingsPage {
    /** In the address: `#/settings/name`. */
    name: string;
    /** Smaller ones stand higher. */
    order: number;
    icon: IconName;
    title: () => string;
    Page: ComponentType;
}

const files: Record<string, { default: SettingsPage }> = import.meta.glob("../*/pages/*.tsx", { eager: true });

export const settingsPages: readonly SettingsPage[] = Object.values(files)
    .map((file) => file.default)
    .sort((one, other) => one.order - other.order);
