"""Texts that aren't in English: translated messages, questions by their sizes; each with sizes of its own."""

from __future__ import annotations

import pytest

from explainers.core.axes import sizes
from explainers.reading.diagnosing import read
from explainers.reading.languages.english import folded, in_english
from explainers.reading.languages.vocabulary import FUNCTION_WORDS, VOCABULARY
from explainers.reading.questions import NOT_READ


def test_each_word_has_one_meaning_and_is_found_as_it_stands() -> None:
    words = [word for entry in VOCABULARY.values() for word in entry.split("|")]
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert [word for word in words if folded(word).lower() != word] == []
    assert all(word and word == word.strip() for word in (*words, *FUNCTION_WORDS))


@pytest.mark.parametrize(
    "text",
    [
        "How many parameters has an LSTM of 20 units that reads 6 features?",
        "ValueError: Input 0 of layer lstm is incompatible with the layer: expected ndim=3, found ndim=2.",
        "Why is the output of my Conv1D (None, 96, 32)? I use padding='valid' on sequences of 100 steps.",
        "model.add(Dense(3))\nmodel.fit(data, labels)",
    ],
)
def test_english_stays_as_it_is(text: str) -> None:
    assert in_english(text) is None


@pytest.mark.parametrize(
    ("text", "mistake", "layer", "shapes"),
    [
        ("ValueError：层gru_3的输入0与层不兼容：预期ndim=3，发现ndim=2。收到的完整形状：（无，52）",
         "layer_rank", "gru_3", [(None, 52)]),
        ("层“conv2d_7”的输入0与层不兼容:需要的min_ndim=4，找到的ndim=3。收到的完整形状：[None，36，44]",
         "layer_rank", "conv2d_7", [(None, 36, 44)]),
        ("检查输入时出错：预期lstm_2_input具有3维，但得到形状为(640，21)的数组",
         "data_rank", "lstm_2_input", [(640, 21)]),
        ("Error al comprobar el objetivo: se esperaba que dense_9 tuviera la forma (1,) pero se obtuvo una matriz con "
         "forma (8,)", "target_shape", "dense_9", [(8,), (1,)]),
        ('Eingabe 0 der Schicht "gru" ist nicht kompatibel mit der Schicht: erwartet ndim=3, gefunden ndim=4. '
         "Vollständige Form erhalten: (None, 12, 7, 5)", "layer_rank", "gru", [(None, 12, 7, 5)]),
        ('L\'entrée 0 de la couche "sequential_5" est incompatible avec la couche : shape attendue=(None, 14, 6), '
         "trouvée=(None, 14, 9)", "data_size", "sequential_5", [(None, 14, 6), (None, 14, 9)]),
        ('レイヤー "lstm_1" の入力 0 はレイヤーと互換性がありません: 予想される ndim=3、見つかった ndim=2。'
         "受け取った完全な形状: (None, 37)", "layer_rank", "lstm_1", [(None, 37)]),
        ("ValueError: 레이어 lstm_6의 입력 0이 레이어와 호환되지 않습니다: 예상 ndim=3, 발견 ndim=2. "
         "수신된 전체 형상: (None, 36)", "layer_rank", "lstm_6", [(None, 36)]),
        ("ValueError: L'input 0 del layer \"dense_6\" non è compatibile con il layer: previsto che l'asse -1 della "
         "forma di input abbia valore 96, ma ricevuto input con forma (None, 350)",
         "data_size", "dense_6", [(None, 350)]),
        ("ValueError: Формы (None, 1) и (None, 11) несовместимы", "target_shape", None, [(None, 1), (None, 11)]),
    ],
)  # fmt: skip
def test_a_translated_message(text: str, mistake: str, layer: str | None, shapes: list[tuple[int | None, ...]]) -> None:
    found = read(text)
    assert (found.kind, found.mistake) == ("error", mistake)
    assert layer is None or found.layer == layer
    assert {sizes(shape) for shape in found.shapes} == set(shapes)
    assert any("In English, Keras writes" in told for told in found.renamed)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("请问我有460个样本，每个样本26个时间步，每个时间步5个特征，LSTM的input_shape怎么写？", (None, 26, 5)),
        ("我的x是一个6行4列的数组（6*4），一共720组，GRU的input_shape怎么设置？", (None, 6, 4)),
        ("我有2,700張圖片，每張都是72*56的灰度圖片，Conv2D的input_shape要怎麼寫？", (None, 72, 56, 1)),
        ("サンプル数は1100、タイムステップは32、特徴量は3つです。LSTMの入力の形状は？", (None, 32, 3)),
        ("샘플 950개, 시간 단계 18, 특성 4개입니다. LSTM의 input_shape는 어떻게 하나요?", (None, 18, 4)),
        ("Ich habe 1.300 Proben mit je 14 Zeitschritten und 9 Merkmalen. Welche input_shape braucht mein LSTM?",
         (None, 14, 9)),
        ("J'ai 2 400 exemples, chacun avec 55 pas de temps et 6 caractéristiques. Quelle input_shape pour le LSTM ?",
         (None, 55, 6)),
        ("Tengo 3.600 muestras con 44 pasos de tiempo y 11 características. ¿Qué forma tiene la entrada de la GRU?",
         (None, 44, 11)),
        ("Tenho 480 amostras, cada uma com 16 passos de tempo e 7 características. Qual input_shape para a LSTM?",
         (None, 16, 7)),
        ("У меня 50 000 чёрно-белых изображений размером 34x30. Какой input_shape нужен для Conv2D?",
         (None, 34, 30, 1)),
        ("Ho 270 campioni con 13 passi temporali e 8 caratteristiche. Quale input_shape per la LSTM?", (None, 13, 8)),
        ("LSTM için 810 örnek, 33 zaman adımı ve 5 özellik var. input_shape ne olmalı?", (None, 33, 5)),
        ("Tôi có 640 mẫu, 17 bước thời gian, 6 đặc trưng. input_shape của LSTM là gì?", (None, 17, 6)),
        ("Saya punya 930 sampel dengan 19 langkah waktu dan 4 fitur. Apa input_shape untuk LSTM?", (None, 19, 4)),
        ("لدي 560 عينة و 12 خطوة زمنية و 9 ميزات. ما هو input_shape لطبقة LSTM؟", (None, 12, 9)),
        ("من 870 نمونه دارم که هر کدام 22 گام زمانی و 3 ویژگی دارد. input_shape برای LSTM چیست؟", (None, 22, 3)),
    ],
)  # fmt: skip
def test_a_question_by_its_sizes(text: str, shape: tuple[int | None, ...]) -> None:
    found = read(text)
    assert found.kind == "question"
    assert found.spec is not None
    assert found.spec.inputs[0].shape == shape
    assert NOT_READ not in found.cause


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("كم عدد المعاملات في طبقة LSTM بها 24 وحدة والمدخل 5 ميزات؟", "2,880 parameters"),
        ("カラー画像を入力するConv2Dで、フィルタ数が40、カーネルサイズが3x3のとき、パラメータ数はいくつですか？",
         "1,120 parameters"),
        ("샘플이 4500개이고 batch_size가 64이면 한 에포크에 배치가 몇 개인가요?", "71 batches"),
        ("Was bedeutet None in (None, 25, 24, 12) bei model.summary()?", "None is the batch"),
        ("Cosa fa return_sequences=True in LSTM(14)? I miei dati hanno 17 passi temporali e 6 variabili.",
         "(None, 17, 14)"),
    ],
)  # fmt: skip
def test_a_question_about_a_model(text: str, told: str) -> None:
    assert told in read(text).cause


def test_a_sentence_that_was_not_understood_is_told_as_a_gap() -> None:
    found = read("我昨天晚上一直在想LSTM和这个奇怪的东西 77，太难了")
    assert found.kind == "question"
    assert found.cause.startswith(NOT_READ)
