"""The words of fifteen languages for what a question about shapes is made of, by their English word.

A word is written in small letters and without the marks on Latin letters (`english.folded`); "*" is any ending. Longer
entries are read first, so that a word inside of another one isn't taken for it. Only what decides a reading is here:
words that are left out stay as they are in the text, and say nothing.
"""

from __future__ import annotations

_AXES: dict[str, str] = {
    "samples": (
        "proben|probe|stichprobe*|datensatz*|datensaetz*|beispiel*|echantillon*|exemple*|muestra*|ejemplo*|amostra*|"
        "exemplo*|campion*|esempi*|образц*|образец|пример*|выборк*|наблюден*|ornek*|orneg*|mau du lieu|mau|sampel|"
        "عينة|عينات|العينات|أمثلة|مثال|نمونه*|样本|样例|サンプル|标本|샘플|표본|예제"
    ),
    "rows": "zeile|zeilen|reihen|ligne*|fila|filas|linhas|righe|riga|строк*|satir*|hang du lieu|dong|baris|"
    "صف|صفوف|سطر*|行数|行|행",
    "columns": "spalte*|colonne*|columna*|coluna*|colonna|столб*|sutun*|cot|kolom|عمود|أعمدة|ستون*|列数|列|열",
    "timesteps": (
        "zeitschritt*|zeit-schritt*|pas de temps|pas temporels|paso* de tiempo|pasos temporales|paso* temporal*|"
        "passo* de tempo|passo* temporai*|passo* temporal*|passi temporali|passo temporale|passi di tempo|"
        "временн* шаг*|шаг* по времени|шаг* времени|zaman adim*|buoc thoi gian|langkah waktu|خطوة زمنية|خطوات زمنية|"
        "گام زمانی|گام های زمانی|گام‌های زمانی|时间步长|时间步数|时间步|时间点|"
        "タイムステップ|时间ステップ|"
        "타임 스텝|타임스텝|시간 단계|시간단계|시점"
    ),
    "steps": "schritte|schritten|pasos|passos|passi|шаг|шага|шагов|шаги|шагам*|adim*|buoc|langkah|خطوات|خطوة|گام*|"
    "步数|步|ステップ|스텝",
    "features": (
        "merkmal*|indikator*|indicateur*|indicador*|indicatori|показател*|gosterge*|chi so|مؤشر*|指标|지표|"
        "caracteristique*|caracteristica*|caratteristic*|variaveis|variavel|variabil*|признак*|переменных|"
        "ozellik*|ozelligi|oznitelik*|dac trung|thuoc tinh|fitur|ميزة|ميزات|الميزات|خاصية|خصائص|سمات|ویژگی*|"
        "特征|特徵|特徴量|特徴|특성|특징|피처|변수"
    ),
    "channels": "kanal*|canal|canaux|canales|canais|canali|canale|канал*|kenh|قناة|قنوات|کانال*|通道|频道|"
    "チャンネル|チャネル|채널",
    "height": "hohe|hoehe|hauteur*|altura|altezza|высот*|yukseklik*|chieu cao|tinggi|ارتفاع|高度|高さ|高|높이",
    "width": "breite|largeur*|anchura|ancho|largura|larghezza|ширин*|genislik*|chieu rong|lebar|عرض|宽度|宽|너비|가로",
    "batch size": (
        "batchgrosse|batch-grosse|batchgroesse|batch grosse|stapelgrosse|taille de lot|taille du lot|taille de batch|"
        "taille du batch|tamano del lote|tamano de lote|tamano del batch|tamano de batch|tamanho do lote|"
        "tamanho do batch|tamanho de lote|dimensione del batch|размер* батча|размер* пакета|размер* партии|"
        "batch boyut*|kich thuoc batch|kich thuoc lo|ukuran batch|حجم الدفعة|حجم دفعة|اندازه دسته|اندازه بچ|"
        "批次大小|批量大小|批大小|批处理大小|バッチサイズ|배치 크기|배치크기|배치 사이즈|배치사이즈"
    ),
    "batches": "батч*|lotes|lots|دفعات|批次数",
    "batch": "stapel|lote|lotto|دفعة|الدفعة|دسته|批次|批量|批|バッチ|배치",
    "epoch": "epoche|epochen|epoque*|epoca|epocas|epoche*|эпох*|حقبة|轮次|轮|輪|エポック|에포크|에폭",
    "axis": "achse*|axe|axes|eje|ejes|eixo*|asse|assi|ось|оси|осей|eksen*|truc|sumbu|محور|محاور|轴|축",
    "units": "einheit*|unite|unites|unidad|unidades|unidade|unita|единиц*|юнит*|birim*|don vi|وحدة|وحدات|واحد*|"
    "单元|ユニット|유닛",
    "neurons": "neuronen|neurone|neurones|neurona|neuronas|neuronio*|neuroni|нейрон*|noron*|no-ron|عصبون*|نورون*|"
    "神经元|ニューロン|뉴런",
    "filters": "卷积核个数|卷积核数量|卷积核数|"
    "filtre|filtres|filtro|filtros|filtri|фильтр*|bo loc|مرشح*|فلتر*|فیلتر*|滤波器|过滤器|"
    "フィルター|フィルタ|필터",
    "kernel size": (
        "kernelgrosse|kernel-grosse|taille du noyau|taille de noyau|tamano del kernel|tamano de kernel|"
        "tamano del nucleo|tamanho do kernel|размер* ядра|cekirdek boyut*|kernel boyut*|ukuran kernel|"
        "kich thuoc kernel|حجم النواة|卷积核大小|核大小|カーネルサイズ|커널 크기|커널 사이즈"
    ),
    "kernel": "noyau|noyaux|nucleo|ядр*|cekirdek*|النواة|卷积核|カーネル|커널",
    "strides": "schrittweite|步幅|步长|ストライド|스트라이드",
    "padding": "remplissage|relleno|preenchimento|填充|パディング|패딩",
    "classes": "klasse|klassen|classe|clase|clases|classi|класс|класса|классов|классы|sinif*|kelas|فئة|فئات|أصناف|"
    "کلاس*|类别|种类|类|クラス|클래스",
    "images": (
        "bild|bilder*|imagen|imagenes|imagens|imagem|immagin*|изображен*|картин*|goruntu*|resim*|hinh anh|buc anh|anh|"
        "gambar|صورة|صور|الصور|تصویر*|图片|图像|影像|画像|이미지|사진"
    ),
    "grayscale": (
        "graustufen*|schwarz-weiss*|schwarzweiss*|niveaux de gris|noir et blanc|escala de grises|blanco y negro|"
        "tons de cinza|escala de cinza|preto e branco|scala di grigi|bianco e nero|градаци* серого|оттенк* серого|"
        "черно-бел*|ч/б|gri tonlama*|gri tonlu|siyah beyaz|siyah-beyaz|anh xam|den trang|thang xam|skala abu-abu|"
        "hitam putih|رمادي*|خاکستری|سیاه و سفید|灰度图像|灰度图|灰度|黑白|グレースケール|"
        "白黒|モノクロ|흑백|그레이스케일"
    ),
    "color": "farbbild*|farbig*|couleur|couleurs|en couleur|a color|coloridas|colorido|coloridos|a colori|цветн*|"
    "renkli|anh mau|berwarna|ملون*|رنگی|彩色|カラー|컬러",
    "pixels": "пиксел*|piksel*|diem anh|بكسل|پیکسل*|像素|ピクセル|画素|픽셀",
    "words": "worter*|woerter*|mots|mot|palabra*|palavra*|parole|parola|слов|слова|слово|kelime*|kata|كلمة|كلمات|"
    "کلمه*|کلمات|单词|词|単语|단어",
    "sentences": "satze|satzen|saetze*|phrases|frases|frase|frasi|предложен*|cumle*|cau van|kalimat|جملة|جمل|جملات|"
    "句子|句|文章|문장",
    "vocabulary": (
        "wortschatz*|vokabular*|vocabulaire|vocabulario|vocabolario|словар*|kelime dagarcig*|sozluk*|tu vung|kosakata|"
        "المفردات|مفردات|واژگان|词汇表|词汇|词表|语汇|어휘|단어 집합"
    ),
    "sequences": "sekuens|sequenz*|secuencia*|sequencia*|последовательност*|sekans*|chuoi du lieu|تسلسل*|دنباله*|"
    "序列|シーケンス|系列データ|시퀀스",
    "length": "lange|laenge|longueur*|longitud*|comprimento*|lunghezz*|длин*|uzunlu*|do dai|panjang|طول|长度|长さ|길이",
    "past": "过去|지난",
    "time series": (
        "zeitreihe*|serie temporelle|series temporelles|series temporales|serie temporal|series temporais|"
        "serie temporali|serie storiche|временн* ряд*|zaman seri*|chuoi thoi gian|deret waktu|سلسلة زمنية|"
        "سلاسل زمنية|سری زمانی|سری‌های زمانی|时间序列|时序|时系列|시계열"
    ),
    "sensors": "sensoren|capteur*|sensores|sensori|датчик*|сенсор*|cam bien|مستشعر*|حسگر*|传感器|感测器|"
    "センサー|センサ|센서",
    "days": "tage|tagen|jours|jour|dias|dia|giorni|дней|дня|день|gunluk|ngay|hari|يوم|أيام|روز|天|日间|일간",
    "hours": "stunden|heures|horas|ore|часов|часа|saatlik|gio|jam|ساعة|ساعات|ساعت|小时",
    "minutes": "minuten|minutos|minuti|минут*|dakika*|phut|menit|دقيقة|دقیقه|分钟|分鐘|分间",
}

_MODELS: dict[str, str] = {
    "layer": (
        "schicht*|ebene|couche|couches|capa|capas|camada*|strato|strati|livello|слой|слоя|слое|слоев|слои|слою|слоем|"
        "katman*|lop|tang|lapisan|طبقة|الطبقة|طبقات|لایه*|层|レイヤー|レイヤ|층|레이어"
    ),
    "model": "modell|modelle|modells|modele|modeles|modelo|modelos|modello|модел*|modeli*|mo hinh|نموذج|النموذج|مدل|"
    "模型|モデル|모델",
    "Dense": "densa|denso|dichte|плотн*|полносвязн*|vollverbunden*|tam bagli|ket noi day du|كثيفة|全连接|"
    "全结合|완전 연결|완전연결",
    "convolution": "faltung*|convolucional*|convoluciona|convolutif|convolutive|convolutionnel*|convoluzional*|"
    "convolucion|convolucao|convoluzione|сверт*|evrisim*|tich chap|konvolusi|التفافية|کانولوشن|卷积|畳み込み|"
    "합성곱|컨볼루션",
    "pooling": "пулинг*|havuzlama|池化|プーリング|풀링",
    "recurrent": "rekurrent*|recurrente*|recurrent*|ricorrent*|рекуррентн*|循环神经|循环|再帰|순환",
    "embedding": "эмбеддинг*|嵌入|埋め込み|임베딩",
    "hidden": "versteckt*|cachee|cachees|oculta|ocultas|oculto|ocultos|nascost*|скрыт*|gizli|tersembunyi|مخفي*|پنهان|"
    "隐藏|隠れ|은닉",
    "input": (
        "eingabe*|eingang*|entree|entrees|entrada*|ingresso|вход*|giris*|girdi*|dau vao|masukan|مدخل*|المدخل*|"
        "إدخال|الإدخال|دخل|ورودی*|输入|入力|입력"
    ),
    "output": "ausgabe*|ausgang*|sortie|sorties|salida*|saida*|uscita|выход*|cikti*|cikis*|dau ra|keluaran|مخرج*|"
    "المخرج*|الخرج|إخراج|خروجی*|输出|出力|출력",
    "parameters": (
        "parametern|parametres|parametre|parametros|parametro|parametri|параметр*|parametre*|tham so|"
        "معامل*|المعاملات|معلمات|پارامتر*|参数量|参数|パラメーター|パラメータ|파라미터|매개변수"
    ),
    "weights": "gewicht*|poids|pesos|pesi|веса|весов|agirlik*|trong so|bobot|أوزان|وزن*|权重|重み|가중치",
    "array": "arreglo*|tableau|tableaux|arranjo|массив*|mang|larik|مصفوفة|آرایه|数组|阵列|配列|배열",
    "matrix": "matrice|matriz|матриц*|matris*|ma tran|matriks|ماتریس|矩阵|行列|행렬",
    "data": "daten|donnees|datos|dados|dati|данн*|veri|verim*|veriler*|du lieu|بيانات|البيانات|داده*|数据集|数据|资料|"
    "データセット|データ|데이터셋|데이터",
    "dimensions": (
        "dimensionen|dimensiones|dimensoes|dimensioni|размерност*|измерен*|mehrdimensional*|so chieu|"
        "dimensi|أبعاد|ابعاد|بعد|维度|维|次元|차원"
    ),
    "dimension": "dimensao|dimensione",
    "shape": "forme|forma|formas|формы|форма|форму|формой|sekil*|sekli*|hinh dang|bentuk|شكل|شکل|形状|形狀|"
    "형태|모양|형상",
    "size": "grosse|groesse|taille*|tamano*|tamanho*|размер*|boyut*|kich thuoc|ukuran|حجم|اندازه|大小|尺寸|サイズ|크기",
    "labels": "etiquette|etiquettes|etiqueta*|rotulo*|etichett*|метки|меток|метка|метками|etiket*|nhan du lieu|"
    "تسميات|برچسب*|标签|ラベル|레이블|라벨",
    "target": "zielwert*|cible|cibles|objetivo|alvo|целев*|hedef*|هدف|目标|ターゲット|타겟|타깃",
    "loss": "verlust*|perte|perdida|perda|perdita|потер*|kayip*|ham mat mat|خسارة|الخسارة|损失函数|损失|损失関数|손실",
    "training": (
        "entrainement|entrenamiento|entrenar|treinamento|treinar|treino|addestramento|обучен*|обуча*|egitim*|"
        "huan luyen|pelatihan|تدريب|التدريب|آموزش|训练|学习|훈련|학습"
    ),
    "predict": "vorhersag*|predire|predecir|predeci*|prever|previsao|prevedere|предсказ*|прогноз*|tahmin*|du doan|"
    "memprediksi|توقع|التنبؤ|تنبؤ|پیش‌بینی|پیش بینی|预测|予测|예측",
    "list": "liste|lista|列表|リスト",
    "variable": "variabel*|переменной|переменная|可变|变长|可変|가변",
    "different": "verschieden*|unterschiedlich*|diferente*|differente*|differents|diverse|diversa|разн*|различн*|"
    "farkli|khac nhau|berbeda-beda|berbeda|مختلفة|مختلف|متفاوت|不同|异なる|다른",
    "classification": "klassifi*|clasificacion|classificacao|classificazione|классификац*|siniflandirma*|phan loai|"
    "klasifikasi|تصنيف|طبقه‌بندی|分类|분류",
}

_ASKING: dict[str, str] = {
    "how many": (
        "wieviele|wieviel|wie viele|wie viel|combien de|combien|cuantos|cuantas|cuanto|cuanta|quantos|quantas|quanto|"
        "quanti|quante|сколько|kac tane|kac|bao nhieu|berapa banyak|berapa|كم عدد|كم|چند تا|چند|多少个|是多少|"
        "多少|几个|いくつ|何个|何次元|몇 개|몇개|몇"
    ),
    "what is": (
        "was ist|was sind|qu'est-ce que|qu'est ce que|c'est quoi|que es|cual es|cuales son|o que e|qual e|cos'e|"
        "qual e'|что такое|nedir|la gi|apa itu|ما هو|ما هي|چیست|是什么|とは何|とは|무엇인가요|무엇인지|뭔가요|"
        "뭐예요|뭐에요|이란"
    ),
    "what does": "was macht|que fait|a quoi sert|que hace|para que sirve|o que faz|para que serve|"
    "cosa fa|a cosa serve|"
    "что делает|ne ise yarar|ne yapar|apa fungsi|ماذا يفعل|ماذا تفعل|有什么作用|有什么用|做什么|何をする",
    "what": "quelle|quelles|quel|quels|cual|cuales|qual|quais|quale|quali|какой|какая|какое|"
    "какие|каким|hangi|ne olmali|"
    "nao|apa|ماذا|چه|什么样|什么|何|どのような|무엇|무슨|어떤|뭐",
    "mean": (
        "bedeutet|bedeuten|bedeutung|signifie*|veut dire|significa*|quiere decir|quer dizer|vuol dire|означа*|"
        "что значит|значит|ne anlama gel*|ne demek|anlami|co nghia|nghia la|artinya|berarti|maksudnya|يعني|تعني|معنى|"
        "یعنی|什么意思|甚么意思|意思|含义|意味|의미|뜻"
    ),
    "why": "warum|wieso|weshalb|pourquoi|por que|perche|почему|зачем|neden|nicin|tai sao|vi sao|kenapa|mengapa|لماذا|"
    "چرا|为什么|为何|なぜ|どうして|왜",
    "how": "wie|comment|como|как|nasil|the nao|lam sao|bagaimana|كيف|چگونه|چطور|怎么样|怎么|如何|怎样|どのように|"
    "どう|어떻게",
    "which": "welche*|哪个|哪种|どの|どちら|어느",
    "difference between": "unterschied zwischen|difference entre|diferencia entre|diferenca entre|differenza tra|"
    "разниц* между|الفرق بين|تفاوت بین",
    "difference": "unterschied*|diferencia*|diferenca*|differenza*|разниц*|отлич*|fark*|su khac|perbedaan*|beda|الفرق|"
    "تفاوت|区别|差别|差异|違い|차이",
    "each": (
        "jeweils|jede*|mit je|chaque|chacun*|cada|ogni|ciascun*|кажд*|her biri*|her|moi|setiap|"
        "tiap|masing-masing|لكل|كل|"
        "هر|每一个|每个|每一|每|各|それぞれ|각각|각"
    ),
    "should": "muss|mussen|soll*|doit|dois|debe*|deberia|deve|devo|deveria|должн*|нужн*|gerek*|phai|harus|يجب|باید|"
    "应该|需要|べき|必要|해야",
    "with": "mit|avec|con|com|ile|voi|dengan|со|с|مع|با",
    "and": "und|et|и|hem|و|和|与|以及|및",
    "or": "oder|ou|или|veya|hoac|atau|أو|یا|还是|或者|または|또는",
    "I have": "ich habe|wir haben|j'ai|nous avons|tengo|tenho|у меня|у нас|我有|لدي|عندي|دارم",
    "last layer": "ausgabeschicht|couche de sortie|capa de salida|camada de saida|strato di uscita|strato di output|"
    "выходно* сло*|cikis katman*|cikti katman*|lop dau ra|lapisan output|输出层|出力层|출력층",
    "last": "letzte*|derniere|dernier|ultimo|ultima|ultimi|последн*|cuoi cung|terakhir|الأخيرة|آخرین|最后一|最后|"
    "마지막",
    "first": "erste*|premier|premiere|primer|primero|primera|primeiro|primeira|primo|prima|перв*|ilk|dau tien|pertama|"
    "الأولى|اولین|第一|最初|첫 번째|첫번째",
    "number of": "anzahl|nombre de|numero de|numero di|количеств*|число|sayisi*|so luong|jumlah|عدد|تعداد|数量|个数|"
    "개수",
    "per": "pro|par|por",
    "of": "de|di|del|della|do|da|du|des|von|vom",
    "run": "运行|执行|実行|실행",
}

_OF_MESSAGES: dict[str, str] = {
    "expected": (
        "erwartet*|attendu*|attend|s'attendait|se esperaba|esperaba|esperado|esperada|espera|atteso|attesa|previsto|"
        "ожида*|beklen*|mong doi|du kien|diharapkan|المتوقع|متوقع|مورد انتظار|انتظار|预期的|预期为|预期|"
        "预计|期望的|期望|"
        "应为|需要的|预测的|予想される|予想|期待される|期待|예상|기대"
    ),
    "found": "gefunden*|trouve*|encontrad*|encontro|hallad*|trovat*|найден*|обнаружен*|bulun*|tim thay|ditemukan|"
    "تم العثور على|وجد|یافت*|发现|实际|找到的|找到|見つかりました|見つかった|발견|찾은",
    "received": "erhalten|empfangen|recu|recue|recus|recibid*|recebid*|ricevut*|получен*|alindi|"
    "alinan|nhan duoc|diterima|"
    "تم استلام|المستلم|دریافت*|收到的|收到|接收到的|接收到|接收|受け取った|受け取りました|수신|받은",
    "got": "bekommen|obtenu|obtuvo|obteve|ottenut*|получил*|得到的|得到|得られ*|얻",
    "full": "vollstandig*|complet|complete|completa|completo|полн*|day du|lengkap|الكامل|کامل|完整的|完整|完全な|전체",
    "incompatible": (
        "nicht kompatibel|inkompatibel|no es compatible|no son compatibles|n'est pas compatible|"
        "ne sont pas compatibles|non e compatibile|non sono compatibili|incompatibile|incompatibili|incompatibles|"
        "incompativel|incompativeis|не совместим*|несовместим*|uyumsuz*|uyumlu degil*|khong tuong thich|"
        "tidak kompatibel|tidak cocok|غير متوافق*|ناسازگار*|سازگار نیست|不兼容|不相容|不匹配|互换性がありません|"
        "互换性がない|호환되지 않*"
    ),
    "value": "wert|valeur|valor|valore|значен*|deger*|gia tri|nilai|قيمة|مقدار|值|値|값",
    "equal": "gleich|egales|egaux|iguales|iguais|uguali|равн*|esit|bang nhau|sama|متساوية|برابر|"
    "相等|等しく|같아야|동일",
    "checking": "uberprufung|uberprufen|prufen|verification|comprobar|verificar|verifica|проверк*|kontrol|kiem tra|"
    "memeriksa|التحقق|بررسی|检查|チェック|확인",
    "reshape": "umformen|remodeler|redimensionner|redimensionar|remodelar|ridimensionare|изменить форму|"
    "yeniden sekillendir*|dinh hinh lai|membentuk ulang|إعادة تشكيل|تغییر شکل|重塑|重新整形|リシェイプ|"
    "変形|재구성|변형",
    "negative": "negativ|negativen|negativa|negativo|отрицательн*|negatif|so am|سالب*|منفی|负|음수",
}

# How None is translated in a shape: ``(无, 48)``. Elsewhere these are words as others are.
NONE = (
    "keiner|keine|kein|aucune|aucun|ninguno|ninguna|nenhum|nenhuma|nessuno|нет|yok|khong|"
    "tidak ada|لا شيء|هیچ|无|なし|없음"
)

_NOTHING = (  # words that another word is part of, and that say nothing here
    "进行|行う|行い|行って|行为|銀行|银行|排列|系列|大家|日本语|需要帮助|本人|学习率|実装|时间|个人"
)

VOCABULARY: dict[str, str] = {**_AXES, **_MODELS, **_ASKING, **_OF_MESSAGES, " ": _NOTHING}

# Small words of languages with Latin letters: two of them, or one next to a word above, and a text isn't English.
_SMALL = (
    # German, French, Spanish, Portuguese, Italian
    "der|das|und|ist|nicht|wie|warum|welche|welcher|welches|ich|habe|haben|mit|fur|eine|einen|einem|einer|beim|auf|wird|"
    "werden|kann|mein|meine|meinem|wenn|dass|sind|zu|bei|jeweils|"
    "le|les|des|est|une|un|dans|pour|avec|je|j'ai|mon|mes|quelle|quel|combien|pourquoi|faut|sont|que|cette|"
    "donner|dois|el|los|las|una|para|tengo|mi|mis|cual|cuantos|cuantas|como|por|esta|este|hay|cuando|debo|cada|"
    "os|uma|tenho|meu|minha|meus|qual|quantos|quantas|nao|na|da|dos|das|ser|il|lo|gli|che|della|delle|sono|miei|mia|"
    "quanti|quante|perche|ogni|cosa|ho|nella|"
    # Turkish, Vietnamese, Indonesian
    "bir|icin|nasil|hangi|neden|ile|kac|olmali|nedir|benim|degil|oluyor|aliyorum|cua|khong|duoc|toi|minh|nhu|bi|voi|"
    "cho|bao|nhieu|tai|sao|gi|cac|yang|dengan|untuk|saya|adalah|apa|berapa|bagaimana|kalau|ini|itu|kenapa|pada|dari|"
    "setiap|jika"
)
FUNCTION_WORDS = frozenset(_SMALL.split("|"))
