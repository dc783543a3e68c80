"""Plain words and invented names that the generators draw from. Every name is fictitious."""

WORDS = tuple(
    """
    acorn actor amber angle anvil apple apron arrow aspen atlas attic award
    bacon badge baker basil beach bench berry birch bison blade block board brass bread brick
    cabin cable camel candy canoe cargo cedar chain chalk cider clock cloud coral crane crown
    daisy dance delta denim depot diary disco donor dough draft drama dress drift drill drums
    eagle earth easel ebony elbow elder ember empty engine enjoy envoy epoch equal event extra
    fable fancy fence ferry fiber field flame fleet flint floor flute focus forge frame frost
    gable gamma garden gecko giant glass globe glove goose grain grape grass green grove guide
    habit happy harbor hazel heart hedge heron hills hobby honey horse hotel house human humor
    icon idea igloo image inbox inlet input iris iron island issue item ivory ivy
    kayak kebab kelp kettle keypad kilo kind kiosk kitchen kite kiwi knee knob knot koala
    label ladder lake lamp laser lemon level light lilac linen llama lodge lotus lunch lyric
    magnet mango maple march meadow medal melon metal mint money moose motor mouse music
    napkin navy nectar needle nest night noble noise nomad notch novel number nurse nylon
    oasis oaken ocean olive onion opera optic orbit orchid organ otter outer oval oven owner
    paint panda paper patio peach pearl pedal piano pilot pixel plank plaza point porch pupil
    radar radio ranch raven ready reef relay ridge river robin rocket royal rugby ruler
    salad salsa satin scarf scout shelf shirt silk skate slate smile solar spoon stone sugar
    talon tempo thumb tiger toast token topaz torch tower train tulip tunnel twig twist
    ulna umber uncle under unify unit unity upper urban urge urn useful usual utmost
    valid valley value vapor vase vault velvet vendor venue verse video vine viola visit vivid
    wagon waist walnut water wharf wheat wheel whisk willow windy wing winter wolf wool world
    yacht yard yarn year yeast yellow yodel yogurt young yolk youth
    """.split()
)

NAMES = tuple(
    """
    ada ben cara dora egon fay gus hana ivo jana kira lena mara nils olga pia rex sami tara udo
    vera wim yara zeno
    """.split()
)
