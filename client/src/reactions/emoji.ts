/** A sign, and the words by which it is found, in the languages that we have: any of them finds it. */
interface Emoji {
    sign: string;
    names: string;
}

const GROUPS = {
    faces: `😀 grin happy content heureux|😄 smile sourire|😁 beam rayonnant|😂 joy tears laugh rire larmes|🤣 rolling laugh mdr lol|😅 sweat relief sueur|😊 blush rougir doux
😇 angel ange|🙂 slight smile léger sourire|😉 wink clin d’œil|😌 relieved soulagé|😍 heart eyes love amoureux|🥰 hearts adore tendre|😘 kiss bisou|😋 yum délicieux|😛 tongue langue
🤪 zany fou|😜 wink tongue clin langue|🤗 hug câlin|🤭 oops giggle oups|🤫 quiet secret chut|🤔 thinking penser hmm|🤨 doubt sceptique|😐 neutral neutre|😑 expressionless blasé
😶 speechless muet|🙄 eyes roll yeux ciel|😏 smirk malin|😬 grimace gêné|😴 sleep dormir|🥱 yawn bâiller|😷 mask masque malade|🤒 ill fièvre malade|🤧 sneeze éternuer|🥵 hot chaud
🥶 cold froid|😵 dizzy étourdi|🤯 mind blown explosé|🥳 party fête|😎 cool sunglasses lunettes|🤓 nerd intello|😕 confused perplexe|😟 worried inquiet|🙁 frown triste|😮 surprised surpris oh
😲 astonished étonné|😳 flushed gêné rouge|🥺 pleading supplier|😢 cry pleurer triste|😭 sob sanglot|😱 scream peur cri|😨 fear peur|😰 anxious anxieux|😥 sad déçu|😓 downcast abattu
😩 weary las|😤 triumph huff fier|😡 angry colère|🤬 swear juron|😈 devil diable|💀 skull mort crâne|🤡 clown|👻 ghost fantôme|🤖 robot`,
    hands: `👍 thumbs up yes like pouce oui bien|👎 thumbs down no pouce non|👌 ok perfect parfait|✌️ victory peace paix victoire|🤞 fingers crossed doigts croisés chance|🤘 rock
🤙 call me appelle|👈 left gauche|👉 right droite|👆 up haut|👇 down bas|☝️ point one un|✋ hand stop main|👋 wave hello bye salut au revoir|👏 clap bravo applaudir|🙌 hooray hourra
👐 open hands mains|🤝 handshake deal accord|🙏 thanks please pray merci prière|✍️ write écrire|💪 strong muscle fort|🫡 salute à vos ordres|👀 eyes look yeux regarder|🧠 brain cerveau|🤷 shrug bof sais pas
🤦 facepalm consternation|🙋 raise hand lever main|🙇 bow pardon|💃 dance danse|🏃 run courir`,
    hearts: `❤️ heart love red cœur amour rouge|🧡 orange heart cœur|💛 yellow heart cœur jaune|💚 green heart cœur vert|💙 blue heart cœur bleu|💜 purple heart cœur violet|🖤 black heart cœur noir
🤍 white heart cœur blanc|💔 broken heart cœur brisé|💕 two hearts cœurs|💯 hundred cent parfait|💢 anger colère|💥 boom explosion|💫 dizzy star étoile|💦 sweat drops gouttes|💤 zzz sleep dormir
🔥 fire feu|✨ sparkles étincelles|⭐ star étoile|🌟 glowing star étoile|🎉 party tada fête bravo|🎊 confetti|🎈 balloon ballon|🎁 gift cadeau|🏆 trophy win trophée|🥇 gold first or premier`,
    nature: `🐶 dog chien|🐱 cat chat|🐭 mouse souris|🐰 rabbit lapin|🦊 fox renard|🐻 bear ours|🐼 panda|🐸 frog grenouille|🐵 monkey singe|🙈 see no evil voir rien|🐔 chicken poule
🐧 penguin pingouin|🦉 owl hibou|🐝 bee abeille|🦋 butterfly papillon|🐢 turtle tortue|🐙 octopus pieuvre|🐟 fish poisson|🐳 whale baleine|🌱 seedling pousse|🌳 tree arbre|🌹 rose|🌻 sunflower tournesol
🍀 luck clover trèfle chance|🍁 autumn leaf automne feuille|☀️ sun soleil|🌧️ rain pluie|⛈️ storm orage|❄️ snow neige|🌈 rainbow arc-en-ciel|🌙 moon lune|🌍 earth world terre monde|🌊 wave vague mer`,
    things: `🍎 apple pomme|🍌 banana banane|🍓 strawberry fraise|🍕 pizza|🍔 burger|🍟 fries frites|🥐 croissant|🥖 baguette bread pain|🧀 cheese fromage|🍰 cake gâteau|🎂 birthday anniversaire gâteau
🍫 chocolate chocolat|☕ coffee tea café thé|🍺 beer bière|🍷 wine vin|🥂 cheers champagne santé|⚽ football|🏀 basketball|🎾 tennis|🚲 bike vélo|🚗 car voiture|🚆 train|✈️ plane avion
🚀 rocket fusée|🏠 home maison|🏖️ beach plage vacances|🏔️ mountain montagne|⏰ alarm clock réveil heure|📅 calendar calendrier date|📌 pin épingle|📎 clip trombone|📷 camera photo|🎵 music musique
🎮 game jeu|📚 books livres|💡 idea idée|💰 money argent|🔑 key clé|🔒 lock cadenas|🔨 hammer marteau|🛠️ tools outils|📢 loud annonce|🔔 bell cloche|✉️ mail lettre|🗑️ trash poubelle`,
    signs: `✅ check done yes fait oui|☑️ checked coché|✔️ tick coche|❌ no cross non croix|❓ question|❗ important|⚠️ warning attention|🚫 forbidden interdit|⛔ no entry interdit|🆗 ok|🆕 new nouveau
➕ plus|➖ minus moins|♻️ recycle recycler|🔁 repeat répéter|⬆️ up haut|⬇️ down bas|➡️ right droite|⬅️ left gauche|1️⃣ one un|2️⃣ two deux|3️⃣ three trois|🏳️‍🌈 pride fierté|🇪🇺 europe union
🇫🇷 france|🇩🇪 germany allemagne|🇧🇪 belgium belgique|🇨🇭 switzerland suisse|🇬🇧 britain royaume-uni|🇺🇦 ukraine`,
} as const;

export type Group = keyof typeof GROUPS;

export const groups = Object.keys(GROUPS) as Group[];

function read(text: string): Emoji[] {
    return text.split(/[|\n]/).map((each) => {
        const at = each.indexOf(" ");
        return at === -1 ? { sign: each, names: "" } : { sign: each.slice(0, at), names: each.slice(at + 1) };
    });
}

const all = Object.fromEntries(groups.map((group) => [group, read(GROUPS[group])])) as Record<Group, Emoji[]>;

export function emojiOf(group: Group): readonly Emoji[] {
    return all[group];
}

/** Those of which a word begins like what was typed. */
export function findEmoji(typed: string): Emoji[] {
    const wanted = plain(typed).split(/\s+/).filter(Boolean);
    return groups
        .flatMap((group) => all[group])
        .filter(({ sign, names }) => {
            const words = plain(names).split(/[\s’-]+/);
            return sign === typed || wanted.every((part) => words.some((word) => word.startsWith(part)));
        });
}

/** Without accents and in small letters: who searches for "cœur" may type "coeur". */
function plain(text: string): string {
    return text
        .toLowerCase()
        .replaceAll("œ", "oe")
        .normalize("NFD")
        .replace(/\p{Diacritic}/gu, "");
}

const RECENT = "chappe.emoji";
const FIRST = ["👍", "❤️", "😂", "😮", "😢", "🙏", "🎉", "🔥"];

/** Those used last, on this device; at first, those that everybody uses. */
export function recentEmoji(): string[] {
    const kept = (localStorage.getItem(RECENT) ?? "").split(" ").filter(Boolean);
    return [...new Set([...kept, ...FIRST])].slice(0, 8);
}

export function noteUse(sign: string): void {
    localStorage.setItem(RECENT, [...new Set([sign, ...recentEmoji()])].slice(0, 16).join(" "));
}
