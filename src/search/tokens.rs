//! An estimate of the number of tokens of a text, without a tokenizer and its vocabulary.
//!
//! The weights are fitted to the vocabulary `o200k`. docs/performance.md has the differences for many languages.

use super::characters::is_ideographic;

/// Returns the estimated number of tokens of a text, rounded up.
pub fn estimate(text: &str) -> u32 {
    let mut estimator = Estimator::default();
    let sum: u64 = text.chars().map(|c| u64::from(estimator.weight(c))).sum();
    u32::try_from(sum.div_ceil(u64::from(TOKEN))).unwrap_or(u32::MAX)
}

/// One token in the unit of [`Estimator::weight`].
pub(super) const TOKEN: u32 = 1_000;

/// The longest word for [`Estimator::plain_word`].
pub(super) const PLAIN_WORD: usize = 12;

/// The kind of the preceding characters, which determines the weight of the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum CharacterKind {
    #[default]
    Start,
    /// A word in Latin letters.
    Latin,
    /// A word in letters of another alphabet.
    Alphabetic,
    Digit,
    Punctuation,
    Space,
    Line,
    /// Letters that are counted one by one.
    Other,
}

/// Estimates tokens character by character.
#[derive(Debug, Clone, Default)]
pub(super) struct Estimator {
    kind: CharacterKind,
    /// The number of characters of this kind so far.
    length: u32,
    last: char,
}

impl Estimator {
    /// Adds a word of at most [`PLAIN_WORD`] ASCII letters and returns its weight. Adds nothing and returns `None` if
    /// the word is empty or letters precede it.
    pub(super) fn plain_word(&mut self, word: &str) -> Option<u32> {
        let last = word.chars().next_back()?;
        if self.kind == CharacterKind::Latin {
            return None;
        }
        self.kind = CharacterKind::Latin;
        self.length = u32::try_from(word.len()).unwrap_or(u32::MAX);
        self.last = last;
        Some(if self.length > 8 { TOKEN + 500 + (self.length - 9) * 167 } else { TOKEN })
    }

    /// Adds the next character of the text and returns its weight, in thousandths of a token.
    pub(super) fn weight(&mut self, c: char) -> u32 {
        let kind = kind(c);
        let before = std::mem::replace(&mut self.kind, kind);
        self.length = if before == kind { self.length.saturating_add(1) } else { 1 };
        let repeated = std::mem::replace(&mut self.last, c) == c;
        match kind {
            // Words of up to eight letters are mostly in the vocabulary; longer ones are split about every six letters.
            CharacterKind::Latin => {
                let base = match self.length {
                    1 => TOKEN,
                    2..=8 => 0,
                    9 => 500,
                    _ => 167,
                };
                base + if c.is_ascii() { 0 } else { 450 }
            }
            CharacterKind::Alphabetic => match self.length {
                1 => TOKEN,
                2..=3 => 0,
                _ => alphabet(c),
            },
            CharacterKind::Digit => u32::from(self.length % 3 == 1) * TOKEN,
            // Rules of dashes and the like are few tokens.
            CharacterKind::Punctuation if repeated && self.length > 2 => 40,
            CharacterKind::Punctuation => 500,
            // A single space belongs to the word after it, and a longer run is one token.
            CharacterKind::Space => match self.length {
                1 if before == CharacterKind::Line => 500,
                1 => 0,
                2 if before == CharacterKind::Line => 0,
                2 => TOKEN,
                _ => 16,
            },
            CharacterKind::Line => match self.length {
                1 if before == CharacterKind::Punctuation => 200,
                1 => TOKEN,
                _ => 60,
            },
            CharacterKind::Start | CharacterKind::Other => letter(c),
        }
    }
}

fn kind(c: char) -> CharacterKind {
    match c {
        'a'..='z' | 'A'..='Z' => CharacterKind::Latin,
        '0'..='9' => CharacterKind::Digit,
        '\n' | '\r' => CharacterKind::Line,
        '\0'..='\x7f' if c.is_ascii_whitespace() => CharacterKind::Space,
        '\0'..='\x7f' => CharacterKind::Punctuation,
        _ if is_ideographic(c) => CharacterKind::Other,
        '\u{aa}'
        | '\u{ba}'
        | '\u{c0}'..='\u{d6}'
        | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{24f}'
        | '\u{1e00}'..='\u{1eff}' => CharacterKind::Latin,
        '\u{370}'..='\u{5ff}' | '\u{600}'..='\u{dff}' | '\u{10a0}'..='\u{10ff}' => CharacterKind::Alphabetic,
        _ if c.is_whitespace() => CharacterKind::Space,
        '\u{2000}'..='\u{206f}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}' | '\u{ff01}'..='\u{ff0f}' => {
            CharacterKind::Punctuation
        }
        _ => CharacterKind::Other,
    }
}

/// Returns the weight of each letter of a word after the third.
fn alphabet(c: char) -> u32 {
    match c {
        '\u{400}'..='\u{52f}' => 260,
        '\u{370}'..='\u{6ff}' => 380,
        _ => 480,
    }
}

/// Returns the weight of a letter that is counted on its own.
fn letter(c: char) -> u32 {
    match c {
        '\u{3400}'..='\u{9fff}' => 850,
        '\u{3041}'..='\u{30ff}' => 750,
        '\u{ac00}'..='\u{d7a3}' => 800,
        '\u{e00}'..='\u{e7f}' => 420,
        '\u{e80}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => 550,
        _ => 1_500,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_follow_the_weights() {
        for (text, expected) in [
            ("", 0),
            ("word", 1),
            ("two words", 2),
            ("internationalisation", 4),
            ("2024", 2),
            ("休暇の規程", 5),
            ("휴가 정책", 4),
            ("def f(x):\n    return x", 9),
            ("----------------------------------------", 3),
            ("          ", 2),
        ] {
            assert_eq!(estimate(text), expected, "{text:?}");
        }
    }

    /// Texts with their exact counts in the vocabulary `o200k`.
    const SAMPLES: &[(&str, u32)] = &[
        (
            "Employees who joined before the first of January are entitled to thirty days of annual leave. Unused \
             days can be carried over until the end of March, but only with the written consent of the manager.",
            40,
        ),
        (
            "Wer vor dem ersten Januar eingestellt wurde, hat Anspruch auf dreißig Urlaubstage im Jahr. Nicht genommene \
             Tage können bis Ende März übertragen werden, wenn die Abteilungsleitung schriftlich zustimmt.",
            42,
        ),
        (
            "Les salariés embauchés avant le premier janvier ont droit à trente jours de congé par an. Les jours \
             non pris peuvent être reportés jusqu'à la fin du mois de mars avec l'accord écrit du responsable.",
            43,
        ),
        (
            "Сотрудники, принятые на работу до первого января, имеют право на тридцать дней отпуска в год. Неиспользованные \
             дни можно перенести до конца марта с письменного согласия руководителя.",
            44,
        ),
        (
            "一月一日之前入职的员工每年享有三十天年假。未使用的假期可以顺延到三月底，但必须得到部门经理的书面同意。出差期间的加班时间可以折算为调休。",
            55,
        ),
        (
            "一月一日より前に入社した社員は、年間三十日の有給休暇を取得できます。未使用の日数は、上司の書面による承認があれば三月末まで繰り越すことができます。",
            56,
        ),
        (
            "1월 1일 이전에 입사한 직원은 연간 30일의 유급 휴가를 사용할 수 있습니다. 사용하지 않은 휴가는 관리자의 서면 동의가 있으면 3월 말까지 이월할 수 있습니다.",
            52,
        ),
        (
            "พนักงานที่เข้าทำงานก่อนวันที่หนึ่งมกราคมมีสิทธิลาพักร้อนปีละสามสิบวัน วันลาที่ไม่ได้ใช้สามารถยกไปใช้ได้ถึงสิ้นเดือนมีนาคมหากผู้จัดการเห็นชอบเป็นลายลักษณ์อักษร",
            60,
        ),
        (
            "يحق للموظفين الذين التحقوا بالعمل قبل الأول من يناير الحصول على ثلاثين يوما من الإجازة السنوية. يمكن \
             ترحيل الأيام غير المستخدمة حتى نهاية مارس بموافقة خطية من المدير.",
            47,
        ),
        (
            "एक जनवरी से पहले नियुक्त कर्मचारियों को हर साल तीस दिन की छुट्टी मिलती है। बची हुई छुट्टियाँ प्रबंधक \
             की लिखित अनुमति से मार्च के अंत तक आगे ले जाई जा सकती हैं।",
            45,
        ),
        (
            "fn open(path: &Path, limits: Limits) -> Result<Store, Error> {\n    let file = File::open(path)\
             .map_err(Error::Open)?;\n    Store::read(BufReader::new(file), limits)\n}\n",
            48,
        ),
        (
            "{\"id\": \"vs_123\", \"object\": \"vector_store\", \"created_at\": 1730000000, \"file_counts\": {\"completed\": \
             2, \"total\": 2}}",
            41,
        ),
    ];

    #[test]
    fn estimates_of_prose_are_near_exact_counts() {
        for (text, exact) in SAMPLES {
            let ratio = f64::from(estimate(text)) / f64::from(*exact);
            assert!((0.75..=1.3).contains(&ratio), "{ratio:.2}: {text}");
        }
    }

    #[test]
    fn plain_words_weigh_the_same_in_one_piece_and_by_letter() {
        for length in 1..=PLAIN_WORD {
            let word = "a".repeat(length);
            let by_letter = Estimator::default();
            let sum: u32 = word.chars().scan(by_letter, |state, c| Some(state.weight(c))).sum();
            assert_eq!(Estimator::default().plain_word(&word), Some(sum), "{length}");
        }
    }
}
