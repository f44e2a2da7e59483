//! How coloured a page is: what it is written on, and what stands on that. Paper has hardly a colour, and what is printed on
//! it is black; skin, plants and stained tissue have one. Measured on a page made small, without regard to what is a letter.

/// Longer side of the small page.
const SIDE: usize = 200;

/// Samples each way of what becomes one pixel of it: enough to average the dots of a print.
const SAMPLES: usize = 4;

/// Side of the fields in each of which the ground is taken to be one.
const FIELD: usize = 8;

/// Share of a field's pixels, the brightest, that are its ground.
const GROUND_SHARE: usize = 4;

/// What is less dark than this, in shares of the ground, is the ground.
const DARKNESS_MIN: f32 = 0.06;

/// A ground darker than this has no colour that can be told, of 255.
const GROUND_MIN: f32 = 8.0;

/// How coloured a page is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Colours {
    /// Saturation of the brighter half of the ground, the median of its fields: 0 for white, 1 for a pure colour.
    pub(super) ground: f32,
    /// Of what is darker than the ground, how much less red it lost than green, in shares of all that it lost: 0 for black,
    /// grey and blue, about 1 for a rash, more for a pure red.
    pub(super) ink: f32,
}

type Colour = [f32; 3];

/// Measures a picture of that size, of which `pixel` gives red, green and blue across and down.
pub(super) fn colours((width, height): (usize, usize), pixel: impl Fn(usize, usize) -> [u8; 3]) -> Colours {
    let by = width.max(height).div_ceil(SIDE).max(1);
    let small = Small::of((width / by, height / by), by, pixel);
    let fields: Vec<Field> = small.fields().collect();
    let lost: f32 = fields.iter().map(|field| field.lost).sum();
    let red: f32 = fields.iter().map(|field| field.red).sum();
    Colours { ground: ground(&fields), ink: if lost > 0.0 { red / lost } else { 0.0 } }
}

/// The median saturation of the brighter half of the fields.
fn ground(fields: &[Field]) -> f32 {
    let Some(middle) = median(fields.iter().map(|field| field.brightness())) else { return 0.0 };
    let bright = fields.iter().filter(|field| field.brightness() >= middle);
    median(bright.map(Field::saturation)).unwrap_or_default()
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

/// A page made small.
struct Small {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

impl Small {
    fn of((width, height): (usize, usize), by: usize, pixel: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let count = by.min(SAMPLES);
        let place = |block: usize, sample: usize| block * by + sample * by / count;
        let mean = |x: usize, y: usize| {
            let mut sum = [0_u32; 3];
            for sample in 0..count * count {
                let found = pixel(place(x, sample % count), place(y, sample / count));
                (0..3).for_each(|channel| sum[channel] += u32::from(found[channel]));
            }
            sum.map(|sum| sum as f32 / (count * count) as f32)
        };
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, pixels }
    }

    fn fields(&self) -> impl Iterator<Item = Field> {
        let places = (0..self.height / FIELD).flat_map(|y| (0..self.width / FIELD).map(move |x| (x, y)));
        places.map(|(x, y)| {
            let rows = (0..FIELD).map(|row| (y * FIELD + row) * self.width + x * FIELD);
            Field::of(rows.flat_map(|at| self.pixels[at..at + FIELD].iter().copied()).collect())
        })
    }
}

/// A field of the small page.
struct Field {
    ground: Colour,
    /// What its pixels lost of the ground's light, summed.
    lost: f32,
    /// How much of it was green and not red.
    red: f32,
}

impl Field {
    fn of(mut pixels: Vec<Colour>) -> Self {
        pixels.sort_by(|a, b| lightness(b).total_cmp(&lightness(a)));
        let brightest = &pixels[..pixels.len() / GROUND_SHARE];
        let mean = |channel: usize| brightest.iter().map(|pixel| pixel[channel]).sum::<f32>() / brightest.len() as f32;
        let ground = [mean(0), mean(1), mean(2)];
        let (mut lost, mut red) = (0.0, 0.0);
        for pixel in &pixels {
            let loss = |channel: usize| 1.0 - pixel[channel] / ground[channel].max(GROUND_MIN);
            let darkness = (loss(0) + loss(1) + loss(2)) / 3.0;
            if darkness >= DARKNESS_MIN {
                lost += darkness;
                red += (loss(1) - loss(0)).max(0.0);
            }
        }
        Self { ground, lost, red }
    }

    fn brightness(&self) -> f32 {
        self.ground.into_iter().fold(0.0, f32::max)
    }

    fn saturation(&self) -> f32 {
        let least = self.ground.into_iter().fold(f32::MAX, f32::min);
        if self.brightness() < GROUND_MIN { 0.0 } else { 1.0 - least / self.brightness() }
    }
}

/// As [`super::luma`], of means.
fn lightness([red, green, blue]: &Colour) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: [u8; 3] = [250, 248, 240];

    /// A picture with a spot in each field.
    fn spotted(ground: [u8; 3], spot: [u8; 3]) -> Colours {
        colours((800, 1_000), |x, y| if x % 32 < 12 && y % 32 < 12 { spot } else { ground })
    }

    /// Proves that print and blue ink on paper of any shade have no red in them, and spots on skin have.
    #[test]
    fn ink_and_spots() {
        for paper in [WHITE, [190, 170, 150], [90, 85, 80]] {
            let black = paper.map(|channel| channel / 4);
            assert!(spotted(paper, black).ink < 0.05, "{paper:?}");
        }
        let pen = spotted(WHITE, [50, 60, 140]);
        assert!(pen.ink < 0.05 && pen.ground < 0.05, "{pen:?}");
        let rash = spotted([224, 172, 140], [200, 90, 85]);
        assert!(rash.ink > 0.8 && (0.3..0.4).contains(&rash.ground), "{rash:?}");
        let tissue = spotted([235, 230, 236], [220, 130, 190]);
        assert!(tissue.ink > 0.8 && tissue.ground < 0.05, "{tissue:?}");
    }

    /// Proves that a coloured ground is told, that half of it may be dark, and that pictures without pixels say nothing.
    #[test]
    fn grounds() {
        let grass = spotted([90, 170, 30], [40, 80, 10]);
        assert!(grass.ground > 0.7 && grass.ink < 0.1, "{grass:?}");
        let half = colours((800, 1_000), |x, _| if x < 380 { [60, 30, 20] } else { WHITE });
        assert!(half.ground < 0.05, "{half:?}");
        assert_eq!(colours((7, 90), |_, _| [255, 0, 0]), Colours::default());
        assert_eq!(colours((400, 400), |_, _| [0, 0, 0]), Colours::default());
        assert_eq!(colours((0, 0), |_, _| unreachable!()), Colours::default());
    }
}
