import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../design/Button";
import { words } from "../words";
import { type Attachment, wavesOf } from "./attachment";
import { useMedia } from "./useMedia";

const SPEEDS = [1, 1.5, 2] as const;
const STEP_S = 5;

/** The one that sounds: another that begins stops it. */
let sounding: HTMLAudioElement | null = null;

/** A voice message or a piece of music: play, seek by pointer or arrow keys, and faster. Loaded when it is played. */
export function Player({ attachment }: { attachment: Attachment }): JSX.Element {
    const { media, common } = words.value;
    const audio = useRef<HTMLAudioElement>(null);
    const [isWanted, want] = useState(false);
    const [isPlaying, setPlaying] = useState(false);
    const [at, setAt] = useState(0);
    const [length, setLength] = useState(attachment.durationMs / 1000);
    const [speed, setSpeed] = useState<number>(SPEEDS[0]);
    const [isBroken, setBroken] = useState(false);
    const loaded = useMedia(attachment.source, attachment.type, isWanted);
    useEffect(() => {
        if (isWanted && loaded.url) void audio.current?.play().catch(() => undefined); // a sound that cannot be played says so itself
    }, [isWanted, loaded.url]);
    useEffect(() => {
        if (audio.current) audio.current.playbackRate = speed;
    }, [speed, loaded.url]);
    const toggle = (): void => {
        const element = audio.current;
        if (loaded.wrong) loaded.again();
        else if (!isWanted || !element) want(true);
        else if (element.paused) void element.play().catch(() => undefined);
        else element.pause();
    };
    const seek = (to: number): void => {
        const within = Math.max(0, Math.min(length, to));
        setAt(within);
        if (audio.current && loaded.url) audio.current.currentTime = within;
        else want(true);
    };
    const waves = attachment.kind === "voice" ? wavesOf(attachment.waveform, 48) : [];
    const wrong = isBroken ? media.notASound : loaded.wrong ? media.wrong[loaded.wrong] : null;
    const part = length > 0 ? Math.min(1, at / length) : 0;
    return (
        <div class="player">
            <IconButton
                icon={isPlaying ? "pause" : "play"}
                label={
                    isPlaying
                        ? media.pause
                        : attachment.kind === "voice"
                          ? media.playVoice
                          : media.play(attachment.name)
                }
                class="player-play"
                onClick={toggle}
            />
            <div class="player-middle">
                {attachment.kind !== "voice" && <bdi class="one-line">{attachment.name}</bdi>}
                <div
                    class={waves.length > 0 ? "player-track player-waves" : "player-track"}
                    role="slider"
                    tabIndex={0}
                    aria-label={media.position}
                    aria-valuemin={0}
                    aria-valuemax={Math.round(length)}
                    aria-valuenow={Math.round(at)}
                    aria-valuetext={`${clock(at)} / ${clock(length)}`}
                    onKeyDown={(event) => {
                        const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
                        const to = { ArrowUp: at + STEP_S, ArrowDown: at - STEP_S, Home: 0, End: length }[event.key];
                        const beside = event.key.startsWith("Arrow")
                            ? at + (event.key === forward ? STEP_S : -STEP_S)
                            : null;
                        const target = to ?? beside;
                        if (target === null) return;
                        event.preventDefault();
                        event.stopPropagation(); // the conversation goes from message to message with them
                        seek(target);
                    }}
                    onPointerDown={(event) => {
                        const box = event.currentTarget.getBoundingClientRect();
                        const from = (event.clientX - box.left) / box.width;
                        seek(length * (document.documentElement.dir === "rtl" ? 1 - from : from));
                    }}
                >
                    {waves.length > 0 ? (
                        waves.map((loud, i) => (
                            <span
                                key={i}
                                class={i / waves.length < part ? "player-wave player-done" : "player-wave"}
                                style={{ blockSize: `${Math.round(12 + 88 * loud)}%` }}
                            />
                        ))
                    ) : (
                        <span class="player-bar" style={{ "--done": `${part}` }} />
                    )}
                </div>
                <span class="player-times">
                    {wrong ? (
                        <span class="file-row-wrong" role="alert">
                            {wrong} {!isBroken && common.again}
                        </span>
                    ) : (
                        <time>{at > 0 ? `${clock(at)} / ${clock(length)}` : clock(length)}</time>
                    )}
                </span>
            </div>
            <button
                type="button"
                class="player-speed"
                aria-label={media.speed(speed)}
                title={media.speed(speed)}
                onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed as 1) + 1) % SPEEDS.length] ?? 1)}
            >
                {speed}×
            </button>
            {/* biome-ignore lint/a11y/useMediaCaption: what somebody says in a chat has no subtitles */}
            <audio
                ref={audio}
                src={loaded.url ?? undefined}
                preload="metadata"
                onPlay={(event) => {
                    if (sounding !== event.currentTarget) sounding?.pause();
                    sounding = event.currentTarget;
                    setPlaying(true);
                }}
                onPause={() => setPlaying(false)}
                onEnded={() => setAt(0)}
                onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
                onLoadedMetadata={(event) => {
                    const { duration } = event.currentTarget;
                    if (Number.isFinite(duration)) setLength(duration); // a recording of a browser does not know its length
                    if (at > 0) event.currentTarget.currentTime = at;
                }}
                onError={() => isWanted && loaded.url && setBroken(true)}
            />
        </div>
    );
}

export function clock(seconds: number): string {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
