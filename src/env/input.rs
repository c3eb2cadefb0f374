//! Placeholder until the room is merged.
pub fn read_text(path: &str) -> Result<String, std::io::Error> {
    std::fs::read_to_string(path)
}
pub fn read_value(path: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(&read_text(path).map_err(|e| e.to_string())?).map_err(|e| e.to_string())
}
pub fn parse_json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}
