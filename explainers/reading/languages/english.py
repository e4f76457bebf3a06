"""A text in another language -> the same text with the words that the reader needs in English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from explainers.reading.languages.vocabulary import FUNCTION_WORDS, NONE, VOCABULARY

LONGEST = 12_000  # characters of a text whose words are looked up
_OTHER_LETTERS = re.compile(r"[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\ufb50-\ufeff]")
_LEAST_LETTERS = 2  # of another script
_BESIDE_LATIN = {"ß": "ss", "đ": "d", "Đ": "D", "ı": "i", "ø": "o", "ł": "l", "ё": "е", "Ё": "Е", "’": "'"}
# Traditional signs as simplified ones, so that each word is in the vocabulary once.
_SIMPLIFIED = str.maketrans(
    "樣數據層維張圖輸參權訓練類別標籤損預測環隱開個組條筆寬長變異區為麼嗎應該種陣詞彙單語時間點現發檢"
    "錯誤執連積濾過顏畫當幾兩後進來對這裡請問說會讓與還從總轉換減負軸頻處報無實傳運動學習經網絡結構資華",
    "样数据层维张图输参权训练类别标签损预测环隐开个组条笔宽长变异区为么吗应该种阵词汇单语时间点现发检"
    "错误执连积滤过颜画当几两后进来对这里请问说会让与还从总转换减负轴频处报无实传运动学习经网络结构资华",
)
_TOKEN = re.compile(r"[^\W\d_][^\W\d_']*")
# Words of scripts without blanks are found anywhere; those of the others begin where a word begins.
_WITHOUT_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_GLUED_ON = "وبلفا"  # small words of Arabic, and its article, are written together with what follows
_AND = "و"
_START = re.compile(r"(?<![\w.])[^\W\d_]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_DIGITS = dict(zip("零一二三四五六七八九十", range(11), strict=True)) | {"两": 2, "兩": 2}
_ARABIC_DIGITS = {ord(sign): str(place % 10) for place, sign in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_DIGIT = "".join(_DIGITS)
_COUNTERS = "个個組组张張条條只枚件つ本人개장명건幅份段句首位"
# ``三维``, ``两个``: a digit that is written out in front of what it counts
_WRITTEN_DIGIT = re.compile(
    rf"(?<![{_DIGIT}第每最]|[\u4e00-\u9fff](?=一))([{_DIGIT}])(?=[{_COUNTERS}维維次层層行列类類])"
)
_CONVOLUTION = re.compile(r"([123一二三])\s?(?:维|次元)の?(?:卷积|畳み込み)层?(?:\s?Conv[123]D)?")  # ``一维卷积Conv1D``
# ``500组`` alone counts samples; in front of another word it says nothing: ``7个特征``
_GROUPS = re.compile(
    r"(?<=\d)\s?(?:组|組|条|條|笔|筆|件|例)(?!\s?[\u3400-\u9fff])|(?<=\d)\s?(?:组|組)(?=数据|資料|データ)"
)
_PICTURES = re.compile(r"(?<=\d)\s?(?:张|張|枚|장|幅)(?!\s?[\u3400-\u9fff\uac00-\ud7af])")
_COUNTER = re.compile(rf"(?<=\d)\s?[{_COUNTERS}]の?(?=\s?[^\W\d_])")
# ``…이면``, ``…です``: the end of a part of a sentence, where nothing else marks it
_ENDS = re.compile(
    r"(?:이라면|라면|이면|이고|이며|인데|입니다|때|です|ます|のとき|なら|場合|的时候|时候|时|時)(?=[^\w]|[\u3040-\u9fff\uac00-\ud7af])"
)
_IS = re.compile(r"\s?(?:是|为|為|は|が|[은는이가]|=|:)\s?(?=\d)")
_BETWEEN_SIDES = re.compile(r"(?<=\d)\s?(?:mal|por|fois|per|kali|carpi|乘以|乘|かける|на|х)\s?(?=\d)")
_OPEN = re.compile(rf"(?<=[(\[])\s?(?:{NONE})\s?(?=,)", re.IGNORECASE)
# In another order in each language: ``length sequences different``, ``different sequences length``
_LENGTHS = re.compile(
    r"\blength\b[^.?!\d]{0,20}\b(?:different|variable)\b|\b(?:different|variable)\b[^.?!\d]{0,20}\blength\b"
)
_CHAIN = re.compile(r"\b(shape|size|output|input)(?= (?:output|input|layer)\b)")  # ``shape output layer Conv2D``
_OR = re.compile(r"(?<=[\w)]) [ou] (?=[A-Z]\w{2,30}\b)")  # ``Dense(1) o Dense(2)``
_AND_OF_LATIN = re.compile(r"(?<=[^\W\d_]{3}) [ey] (?=[^\W\d_]{3})")  # ``palavras e dimensão``; "x y" are names
_THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})(?:[.,\u00a0 ]\d{3}){1,3}(?![\d.,]\d)(?=\s[^\W\d_])")


def in_english(text: str) -> str | None:
    """The text with its words for sizes, axes, layers and asking in English; None where it is in English already."""
    words = folded(text[:LONGEST])
    other = len(_OTHER_LETTERS.findall(words))
    marked = words != text[:LONGEST].translate(_ARABIC_DIGITS)
    if other < _LEAST_LETTERS and not _is_latin(words, marked):
        return None
    words = folded(_AND_OF_LATIN.sub(" and ", text[:LONGEST]))  # before "è" is "e"
    if other:
        words = _counted(words)
    words = _OR.sub(" or ", words)
    words = _BETWEEN_SIDES.sub("x", _OPEN.sub("None", words))
    words = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found.group()), _translated(words))
    words = _OTHER_LETTERS.sub(" ", _ENDS.sub(" , ", words))
    words = re.sub(r"(?<=\S)[ ]{2,}", " ", words)
    words = _LENGTHS.sub("different lengths", words)
    return _CHAIN.sub(r"\1 of", words.replace("how many batch ", "how many batches "))


def has_other_words(text: str) -> bool:
    """Whether a piece of a text has words of the vocabulary that aren't English."""
    words = folded(text)
    return any(words[start:end].lower() != english for start, end, english in _known(words))


def folded(text: str) -> str:
    """Latin letters without their marks: ``época`` and ``epoca`` are one word; signs of Chinese in one form."""
    text = text.translate(_ARABIC_DIGITS).translate(_SIMPLIFIED)
    return "".join(_BESIDE_LATIN.get(sign) or _base(sign) for sign in text)


def _base(sign: str) -> str:
    if sign < "\u00c0" or sign > "\u1eff":
        return "" if unicodedata.combining(sign) and sign < "\u0370" else sign
    base = unicodedata.normalize("NFD", sign)[0]
    return base if base < "\u0080" else sign


def _is_latin(words: str, marked: bool) -> bool:
    """Whether a text is in a language with Latin letters: by its small words, or by its letters with marks."""
    small = {token.lower() for token in _TOKEN.findall(words)} & FUNCTION_WORDS
    if not small and marked:
        others = (words[start:end].lower() for start, end, english in _known(words) if words[start:end] != english)
        return len(set(others)) > 1
    if len(small) == 1:
        return has_other_words(words)
    return bool(small)


def _counted(words: str) -> str:
    """Numbers with the words that count them, as English has them: ``三个`` is 3, ``500组`` are 500 samples."""
    words = _CONVOLUTION.sub(lambda found: f" Conv{_DIGITS.get(found[1], found[1])}D ", words)
    words = _WRITTEN_DIGIT.sub(lambda found: f" {_DIGITS[found[1]]} ", words)
    words = _PICTURES.sub(" images ", _GROUPS.sub(" samples ", words))
    return _IS.sub(" = ", _COUNTER.sub(" ", words))


def _translated(words: str) -> str:
    parts, last = [], 0
    for start, end, english in _known(words):
        glued = _WITHOUT_BLANKS.search(words, start, end) is not None
        parts += [words[last:start], f" {english} " if glued else english]
        last = end
    return "".join([*parts, words[last:]])


def _known(words: str) -> Iterator[tuple[int, int, str]]:
    """Where the words of the vocabulary are, from left to right, each with its English word."""
    small, last = words.lower(), 0
    small = small if len(small) == len(words) else words
    for start in _START.finditer(small):
        pattern = _patterns().get(start.group()) if start.start() >= last else None
        found = pattern[0].match(small, start.start()) if pattern is not None else None
        if pattern is None or found is None:
            continue
        last = found.end()
        word, english = pattern[1][(found.lastindex or 1) - 1]
        yield found.start(), last, f"and {english}" if start.group() == _AND and word[0] != _AND else english


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], tuple[tuple[str, str], ...]]]:
    """All words by the letter they begin with, the longest first; the number of a group is that of the word."""
    by_letter: dict[str, list[tuple[str, str]]] = {}
    for english, words in VOCABULARY.items():
        for word in words.split("|"):
            for letter in {word[0], *(_GLUED_ON if _ARABIC.search(word) else "")}:
                by_letter.setdefault(letter, []).append((word, english))
    for entries in by_letter.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return {
        letter: (re.compile("|".join(f"({_form(word)})" for word, _ in entries)), tuple(entries))
        for letter, entries in by_letter.items()
    }


def _form(word: str) -> str:
    form = re.escape(word).replace(r"\*", r"[^\W\d_]{0,8}").replace(r"\ ", r"\s{1,3}")
    if _WITHOUT_BLANKS.search(word):
        return form
    if _ARABIC.search(word):
        return rf"[{_GLUED_ON[:-1]}]?(?:ال)?{form}(?![^\W\d_])"
    return rf"{form}(?![\w(])"
