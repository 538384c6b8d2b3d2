import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Avatar } from "../../design/Avatar";
import { Button } from "../../design/Button";
import { Field } from "../../design/Field";
import { Spinner } from "../../design/Spinner";
import { toast } from "../../design/Toasts";
import { useMatrix } from "../../matrix/matrix";
import { withoutMetadata } from "../../media/metadata";
import { words } from "../../words";
import type { SettingsPage } from "../registry";

interface Shown {
    name: string;
    picture: string | null;
}

/** What others see of this person: name and picture. */
function Profile(): JSX.Element {
    const { client, me } = useMatrix();
    const { settings, common } = words.value;
    const [shown, setShown] = useState<Shown | null>(null);
    const [name, setName] = useState("");
    const [busy, setBusy] = useState<"name" | "picture" | null>(null);
    const [wrong, setWrong] = useState(false);
    const chooser = useRef<HTMLInputElement>(null);
    const load = (): void => {
        setWrong(false);
        client.getProfileInfo(me).then(
            (profile) => {
                setShown({ name: profile.displayname ?? "", picture: profile.avatar_url ?? null });
                setName(profile.displayname ?? "");
            },
            () => setWrong(true),
        );
    };
    useEffect(load, [client, me]);
    if (wrong) {
        return (
            <div class="settings-part" role="alert">
                {words.value.session.offline}
                <Button onClick={load}>{common.again}</Button>
            </div>
        );
    }
    if (!shown) return <Spinner />;
    const save = async (what: "name" | "picture", act: () => Promise<Shown>): Promise<void> => {
        setBusy(what);
        try {
            setShown(await act());
            toast(settings.saved);
        } catch (error) {
            console.error(error);
            toast(settings.notSaved, { isWrong: true });
        }
        setBusy(null);
    };
    const setPicture = async (picture: string): Promise<Shown> => {
        await client.setAvatarUrl(picture);
        return { ...shown, picture: picture || null };
    };
    const upload = (file: File | undefined): void => {
        if (!file) return;
        void save("picture", async () => {
            const { content_uri: url } = await client.uploadContent(await withoutMetadata(file));
            return setPicture(url);
        });
    };
    return (
        <>
            <div class="settings-part">
                <div class="settings-row">
                    <Avatar name={shown.name || me} id={me} picture={shown.picture} size={96} />
                    <input
                        ref={chooser}
                        type="file"
                        accept="image/png,image/jpeg,image/gif,image/webp"
                        aria-label={settings.choosePicture}
                        hidden
                        onChange={(event) => {
                            upload(event.currentTarget.files?.[0]);
                            event.currentTarget.value = "";
                        }}
                    />
                    <Button busy={busy === "picture"} onClick={() => chooser.current?.click()}>
                        {settings.choosePicture}
                    </Button>
                    {shown.picture && (
                        <Button onClick={() => void save("picture", () => setPicture(""))}>
                            {settings.removePicture}
                        </Button>
                    )}
                </div>
                <p class="settings-soft">
                    {settings.yourId} <bdi>{me}</bdi>
                </p>
            </div>
            <form
                class="settings-part"
                onSubmit={(event) => {
                    event.preventDefault();
                    void save("name", async () => {
                        await client.setDisplayName(name.trim());
                        return { ...shown, name: name.trim() };
                    });
                }}
            >
                <Field label={settings.name} value={name} onInput={setName} hint={settings.nameHint} kind="search" />
                <Button kind="main" type="submit" busy={busy === "name"} disabled={name.trim() === shown.name}>
                    {settings.save}
                </Button>
            </form>
        </>
    );
}

export default {
    name: "profile",
    order: 10,
    icon: "people",
    title: () => words.value.settings.profile,
    Page: Profile,
} satisfies SettingsPage;
