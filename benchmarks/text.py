"""The reply that every stream of the benchmark gets: 400 words of Markdown, as models write it."""

FIRST_WORD = "Fjords"

SHORT = "Fjords are deep."

TEXT = """\
Fjords are the valleys of glaciers that have left. The ice was often more than a thousand metres thick, and it \
ground its bed far below the level of the sea; when it melted, the sea came in. What follows is a short tour of \
how they form, how to tell them apart from **drowned river valleys**, and a *small* program to play with.

## How the ice works

A glacier does three things at once, and their balance decides the shape:

- **Plucking**: water freezes in the cracks of the rock, and the moving ice takes the blocks with it.
- **Abrasion**: those blocks, frozen into the sole, grind the bed like coarse sandpaper for ten thousand years.
- **Transport**: what was taken is carried to the snout, and dropped there as a *moraine*.

Ice erodes most where it is thickest and fastest, which is far inland. Near the coast it begins to float, \
loses its grip and stops digging. That is why a fjord is deep in the middle and has a shallow **sill** at its \
mouth, where the old moraine lies. The Sognefjord reaches 1,300 metres, but its sill lies only about a hundred \
metres below the waves.

## How to tell them apart

| Feature | Fjord | Drowned river valley |
| --- | --- | --- |
| Cross-section | shaped like a U | shaped like a V |
| Deepest point | far inland | at the mouth |
| Sill | usually | never |

The table is a rule of thumb. Soft rock blurs the walls, later rivers fill the floor with gravel, and the land \
itself has been rising ever since the weight of the ice was taken from it: in some places by a centimetre a year.

## A model in a few lines

The following program digs a valley where the ice is thick, and stops where it floats:

```python
def dig(bed: list[float], ice: list[float], years: int) -> list[float]:
    for _ in range(years):
        for place, thickness in enumerate(ice):
            floats = thickness * 0.9 < -bed[place]
            if not floats:
                bed[place] -= 0.000_002 * thickness
    return bed


valley = dig([0.0] * 100, [1500.0 - 14 * km for km in range(100)], years=100_000)
print(min(valley), valley[-1])
```

Run it and look at the last number: near the mouth the bed hardly moves, and the sill appears by itself. Try the \
following changes, one at a time:

1. Let the ice grow and shrink, as it did in every cold period of the last million years.
2. Make the rock harder in the middle, and watch a *threshold* form, over which the deep water cannot pass.
3. Drop what was dug at the place where the ice begins to float.

In one sentence: a fjord is what a glacier leaves when it digs below the sea and then goes away, so measure the \
depth at the mouth before you call any narrow bay by that name."""
