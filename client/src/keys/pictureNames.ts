/**
 * The pictures of a comparison and their names, which both sides read to each other (spec: "SAS method: emoji").
 * The names are those that every client shows in this language. A line: the picture, English, French.
 */
const TABLE: readonly (readonly [picture: string, en: string, fr: string])[] = [
    ["🐶", "Dog", "Chien"],
    ["🐱", "Cat", "Chat"],
    ["🦁", "Lion", "Lion"],
    ["🐎", "Horse", "Cheval"],
    ["🦄", "Unicorn", "Licorne"],
    ["🐷", "Pig", "Cochon"],
    ["🐘", "Elephant", "Éléphant"],
    ["🐰", "Rabbit", "Lapin"],
    ["🐼", "Panda", "Panda"],
    ["🐓", "Rooster", "Coq"],
    ["🐧", "Penguin", "Manchot"],
    ["🐢", "Turtle", "Tortue"],
    ["🐟", "Fish", "Poisson"],
    ["🐙", "Octopus", "Poulpe"],
    ["🦋", "Butterfly", "Papillon"],
    ["🌷", "Flower", "Fleur"],
    ["🌳", "Tree", "Arbre"],
    ["🌵", "Cactus", "Cactus"],
    ["🍄", "Mushroom", "Champignon"],
    ["🌏", "Globe", "Globe"],
    ["🌙", "Moon", "Lune"],
    ["☁", "Cloud", "Nuage"],
    ["🔥", "Fire", "Feu"],
    ["🍌", "Banana", "Banane"],
    ["🍎", "Apple", "Pomme"],
    ["🍓", "Strawberry", "Fraise"],
    ["🌽", "Corn", "Maïs"],
    ["🍕", "Pizza", "Pizza"],
    ["🎂", "Cake", "Gâteau"],
    ["❤", "Heart", "Cœur"],
    ["😀", "Smiley", "Sourire"],
    ["🤖", "Robot", "Robot"],
    ["🎩", "Hat", "Chapeau"],
    ["👓", "Glasses", "Lunettes"],
    ["🔧", "Spanner", "Clé à molette"],
    ["🎅", "Santa", "Père Noël"],
    ["👍", "Thumbs Up", "Pouce en l’air"],
    ["☂", "Umbrella", "Parapluie"],
    ["⌛", "Hourglass", "Sablier"],
    ["⏰", "Clock", "Réveil"],
    ["🎁", "Gift", "Cadeau"],
    ["💡", "Light Bulb", "Ampoule"],
    ["📕", "Book", "Livre"],
    ["✏", "Pencil", "Crayon"],
    ["📎", "Paperclip", "Trombone"],
    ["✂", "Scissors", "Ciseaux"],
    ["🔒", "Lock", "Cadenas"],
    ["🔑", "Key", "Clé"],
    ["🔨", "Hammer", "Marteau"],
    ["☎", "Telephone", "Téléphone"],
    ["🏁", "Flag", "Drapeau"],
    ["🚂", "Train", "Train"],
    ["🚲", "Bicycle", "Vélo"],
    ["✈", "Aeroplane", "Avion"],
    ["🚀", "Rocket", "Fusée"],
    ["🏆", "Trophy", "Trophée"],
    ["⚽", "Ball", "Ballon"],
    ["🎸", "Guitar", "Guitare"],
    ["🎺", "Trumpet", "Trompette"],
    ["🔔", "Bell", "Cloche"],
    ["⚓", "Anchor", "Ancre"],
    ["🎧", "Headphones", "Casque audio"],
    ["📁", "Folder", "Dossier"],
    ["📌", "Pin", "Punaise"],
];

/** Some clients send the sign that asks for a coloured picture with it. */
const COLOURED = /\ufe0f/g;

const BY_PICTURE = new Map(TABLE.map(([picture, en, fr]) => [picture, { en, fr } as Record<string, string>]));

/** What a picture is called in a language; its English name where the language has none. */
export function nameOfPicture(picture: string, language: string, english: string): string {
    return BY_PICTURE.get(picture.replace(COLOURED, ""))?.[language] ?? english;
}

export const PICTURES: readonly string[] = TABLE.map(([picture]) => picture);
