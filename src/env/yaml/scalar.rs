//! Resolution of scalars by the core schema of YAML 1.2 (section 10.3.2).

use serde_json::Number;

/// The type of a scalar and its value. The text of a string is stored in the node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Number(Number),
    Text,
}

/// Resolves a plain scalar.
///
/// # Errors
/// Returns an error if JSON cannot represent the value, such as infinity.
pub(super) fn plain(text: &str) -> Result<Scalar, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        _ if is_not_finite(text) => {
            return Err(format!("JSON cannot represent the number `{text}`; put it in quotes if it is text"));
        }
        _ => number(text)?.map_or(Scalar::Text, Scalar::Number),
    })
}

/// Resolves a scalar that has a tag of the core schema.
///
/// # Errors
/// Returns an error if the text is not of that type.
pub(super) fn tagged(tag: &str, text: &str) -> Result<Scalar, String> {
    if tag == "str" {
        return Ok(Scalar::Text);
    }
    let scalar = plain(text)?;
    let fits = match &scalar {
        Scalar::Null => tag == "null",
        Scalar::Bool(_) => tag == "bool",
        // Every integer is also a float, but a float is not an integer.
        Scalar::Number(number) => tag == "float" || tag == "int" && !number.to_string().contains(['.', 'e', 'E']),
        Scalar::Text => false,
    };
    if fits { Ok(scalar) } else { Err(format!("expected a value of the type !!{tag}, found `{text}`")) }
}

fn is_not_finite(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// Parses a number and keeps all its digits. Returns `None` if the text is not a number.
fn number(text: &str) -> Result<Option<Number>, String> {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            let value = u128::from_str_radix(digits, radix);
            let value = value.map_err(|_| format!("`{text}` has more than 128 bits; write it as a decimal number"))?;
            return Ok(value.to_string().parse().ok());
        }
    }
    Ok(decimal(text).and_then(|json| json.parse().ok()))
}

/// Rewrites a decimal number in JSON's grammar: no plus sign, no leading zeros, digits on both sides of the point.
fn decimal(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], &unsigned[at..]),
        None => (unsigned, ""),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.get(1..).unwrap_or_default();
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_decimal = digits(whole)
        && fraction.is_none_or(digits)
        && !(whole.is_empty() && fraction.is_none_or(str::is_empty))
        && digits(power)
        && (exponent.is_empty() || !power.is_empty());
    if !is_decimal {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = match fraction {
        None => String::new(),
        Some("") => ".0".to_owned(),
        Some(digits) => format!(".{digits}"),
    };
    Some(format!("{sign}{whole}{fraction}{exponent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "-0"),
            ("+12", "12"),
            ("01234", "1234"),
            ("000", "0"),
            ("-007", "-7"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695"),
            ("1.50", "1.50"),
            (".5", "0.5"),
            ("-.5", "-0.5"),
            ("1.", "1.0"),
            ("00.10", "0.10"),
            ("1e3", "1e3"),
            ("1E+3", "1E+3"),
            ("1.e-3", "1.0e-3"),
            ("1e400", "1e400"),
            ("0.1234567890123456789012345", "0.1234567890123456789012345"),
        ] {
            let expected: Number = expected.parse().expect(expected);
            assert_eq!(plain(text), Ok(Scalar::Number(expected)), "{text}");
        }
        assert_eq!(
            plain("12345678901234567890123").map(|scalar| format!("{scalar:?}")).unwrap_or_default(),
            "Number(Number(12345678901234567890123))"
        );
    }

    #[test]
    fn scalars_outside_the_core_schema_are_text() {
        for text in [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "1_000",
            "0b101",
            "12:30:45",
            "190:20:30",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "0o8",
            "0x",
            "0o",
            "-0x1F",
            ".",
            "-",
            "+",
            "e3",
            "1e",
            "1e+",
            "1.2.3",
            ".e3",
            "tRue",
            "nUll",
            "inf",
            "nan",
            "+.nan",
            "١٢",
            "0xg",
            "1 2",
        ] {
            assert_eq!(plain(text), Ok(Scalar::Text), "{text}");
        }
    }

    #[test]
    fn numbers_that_json_cannot_represent_are_refused() {
        for text in [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN", "0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"] {
            assert!(plain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_tag_of_the_core_schema_determines_the_type() {
        assert_eq!(tagged("str", "12"), Ok(Scalar::Text));
        assert_eq!(tagged("int", "12"), Ok(Scalar::Number(12.into())));
        assert_eq!(tagged("float", "12"), Ok(Scalar::Number(12.into())));
        assert_eq!(tagged("null", ""), Ok(Scalar::Null));
        assert_eq!(tagged("bool", "True"), Ok(Scalar::Bool(true)));
        for (tag, text) in
            [("int", "1.5"), ("int", "x"), ("bool", "yes"), ("null", "0"), ("float", ".inf"), ("seq", "a")]
        {
            assert!(tagged(tag, text).is_err(), "{tag} {text}");
        }
    }
}
