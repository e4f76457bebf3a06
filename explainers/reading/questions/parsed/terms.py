"""What a question speaks of: its terms, each with all the words that people have for it."""

from __future__ import annotations

import re

from explainers.reading.questions.parsed.roles import ROLES

TERMS: dict[str, str] = {
    "may": r"^\W{0,3}(?:can|could|may|is it|do i|must|should|does|will|would|is there|are)\b|\bcan (?:i|we|you|a|"
    r"the|it)\b|"
           r"\bpossible\b|\ballowed\b|\bneed to\b|\bhave to\b|\bhow (?:do|can|to|should)\b|\bkann (?:ich|man)\b|"
           r"\bmuss\b|"
           r"\bwhat happens\b|\bwork\b|\bproblem\b|\bwhat if\b",
    "what": r"\bam i (?:actually |really )?(?:creat|mak|configur)ing\b|"
    r"\bwhat(?:'?s| is| are| does| do| exactly)?\b|\bmean(?:s|ing)?\b|\bexplain\w*|\bunderstand\b|\bdefin\w+|"
            r"\bpurpose\b|\brole\b|\bwas (?:ist|sind|bedeutet)\b|\bconfus\w+|\bhow (?:do|does|are|is)\b|\bmeant\b",
    "choose": r"\bhow many (?:lstm |gru |hidden )?(?:units|neurons|cells|filters|time ?-?steps|steps|lags) "
    r"(?:should|do i|to|for)\b(?![^?.]{0,30}\b(?:last|output|final)\b)|\bchoose\b|"
    r"\bpick\b|\bbest number\b",
    "how many": r"\bhow (?:many|much|big|large|long)\b|\bnumber of\b|\bwie ?viele?\b|\bwhich number\b|\bchoose\b|"
    r"\bpick\b",
    "why": r"\bwhy\b|\bhow come\b|\breason\b|\bwarum\b|\bwhere\b.{0,60}\bcom(?:e|es|ing) from\b",
    "apart": r"\bdiffer\w*|\bvs\.?(?=\W)|\bversus\b|\bcompar\w+|\bsame (?:as|thing)\b|\bor\b|\bunterschied\b|"
    r"\bequal\b|"
             r"\brelat\w+|\bconfus\w+",
    "none": r"(?<![\w(, ])none\b(?! of\b)|\bnone\b(?! of\b)(?![\s,)]{0,3}[\d)])|\b(?:the|is|does|a|of) none\b|"
    r"\bnone dimension\b",
    "batch size": r"\bbatch[ _-]?sizes?\b|\bbatch(?:es)?\b(?! ?norm)",
    "batch axis": r"\bbatch (?:dim\w*|axis)\b|\bexpand_dims\b|\bnewaxis\b",
    "samples": r"\b(?:number of )?(?:training )?(?:samples?|examples|observations|rows)\b",
    "steps": r"\btime[ _-]?steps?\b|\b(?:sequence|input) length\b|\bseq_len\b|\blook[ _-]?back\b|\btime dimension\b",
    "features": r"\bfeatures?\b|\binput_dim\b|\bvariables\b",
    "units": r"\bunits?\b|\bneurons?\b|\bhidden (?:size|units|nodes|dim\w*)\b|\b(?:lstm|memory) cells?\b",
    "filters": r"\bfilters?\b(?! size)|\bfeature maps?\b",
    "kernel": r"\bkernel(?:[ _]size)?s?\b|\bfilter size\b",
    "strides": r"\bstrides?\b",
    "padding": r"\bpadding\b",
    "pooling": r"\b(?:max |average )?pool(?:ing|_size)?\w{0,3}\b",
    "heads": r"\b(?:num_|attention )?heads?\b",
    "key_dim": r"\bkey[ _]dim\w*\b",
    "epoch": r"\bepochs?\b",
    "steps per epoch": r"\bsteps[ _]per[ _]epoch\b|\biterations?\b|\bsteps\b.{0,20}\bepoch\b",
    "return_sequences": r"\breturn[ _]sequences?\b",
    "return_state": r"\breturn[ _]states?\b",
    "stateful": r"\bstateful\b",
    "mask": r"\bmask\w*\b",
    "other length": r"\b(?:variable|different|varying|various|unequal|any|longer|shorter|other|another|"
    r"arbitrary)\b.{0,30}"
                    r"\b(?:lengths?|timesteps|time steps|steps|sequences?)\b|\b(?:lengths?|"
                    r"timesteps)\b.{0,25}\b(?:vary|varies|"
                    r"differs?|different|change)\b|\bnot (?:all )?(?:the )?same length\b",
    "class index": r"\b(?:single|one|actual|predicted|final) (?:class|label|category)\b|\bargmax\b|\bclass (?:name|"
    r"index|number)\b",
    "other features": r"\b(?:different|varying|variable|other|another|more|fewer) (?:number of )?(?:features|"
    r"columns|variables)\b",
    "trained on": r"\btrain\w* (?:and|vs) test\w*\b|\btrained (?:on|with)\b|\b(?:after|than|in|during) training\b",
    "other size": r"\b(?:variable|different|varying|various|any|arbitrary|other|another)[ -](?:image |input |"
    r"picture )?"
                  r"(?:sizes?|resolutions?|dimensions|width|height)\b|\bnot (?:all )?(?:the )?same size\b|"
                  r"\bsizes? (?:vary|differ)",
    "one step": r"\b(?:one|1|single|a single) time ?-?steps?\b|\btime ?_?steps? ?(?:=|of|is|as|to) ?(?:1|one)\b",
    "predict": r"\bpredict\w*\b|\binference\b",
    "single": r"\b(?:single|one|1|only one)\s(?:\w+ )?(?:samples?|images?|rows?|sequences?|example|data ?point|"
    r"input|picture)\b|"
              r"\bjust one\b",
    "labels": r"\blabels?\b|\btargets?\b|\by_?(?:train|test|true)?\b|\bground truth\b",
    "one-hot": r"\bone[ -]?hot\w*\b|\bto_categorical\b",
    "sparse": r"\bsparse\w*\b",
    "categorical": r"(?<!sparse[ _])\bcategorical[ _]cross\s?entropy\b",
    "binary": r"\bbinary\b|\b(?:two|2)[ -]class(?:es)?\b|\byes/no\b(?!/)|\b0/1\b|\btrue/false\b",
    "several labels": r"\bmulti-?label\b|\bseveral labels\b|\bmore than one (?:label|class)\b|\bmultiple (?:labels|"
    r"classes at)\b",
    "regression": r"\bregression\b|\bcontinuous\b|\breal[ -]valued?\b|\bpredict(?:ing)? (?:a |the )?(?:price|number|"
    r"value|temperature)s?\b",
    "loss": r"\bloss(?:es)?\b|\bcross ?entropy\b",
    "classes": rf"\b(?:{ROLES['classes']})\b|\bsoftmax\b|\bclassif\w+\b|\bone (?:out )?of (?:the )?\d",
    "last layer": r"\b(?:last|output|final) (?:dense )?layer\b|\bhow many outputs?\b|\boutput (?:units|neurons)\b|"
    r"\blast dense\b",
    "a shape": r"^\W{0,3}(?:\w{2,8},? )?what(?:'?s| exactly is| is)? (?:a |the )?(?:tensor |array )?"
    r"shape(?: of an? (?:array|tensor))?\W{0,3}$",
    "as many": r"\bsame (?:number|amount|count) of (?:samples|rows|examples|labels|targets|entries)\b|\bcardinality\b|"
    r"\bas many (?:samples|rows|examples|labels|targets)\b|\bx and y\b.{0,40}\b(?:same|equal) (?:length|size)\b",
    "first axis": r"\b(?:first|1st|leading) (?:axis|dim(?:ension)?|number|value|entry|size)\b|\baxis 0\b",
    "last axis": r"\b(?:last|final) (?:axis|dim(?:ension)?|number|value|entry|size)\b",
    "an axis": r"\b(?:an? axis|axes|an? dimension|rank|ndim)\b",
    "flatten": r"\bflatten\w*\b",
    "global": r"\bglobal\w*\b",
    "embedding": r"\bembeddings?\b",
    "vocabulary": r"\b(?:max(?:imum)?|largest|highest) (?:word )?(?:index|id)\b|\bvocab\w*\b|\binput_dim\b|"
    r"\bmax_features\b|\bdifferent words\b",
    "output_dim": r"\boutput_dim\b|\bembedding (?:size|dim\w*)\b",
    "input_shape": r"\binput[ _]shape\b|\binput shapes\b",
    "channels": r"\bchannels?\b|\brgb\b|\bgr[ae]y\w*\b",
    "channels first": r"\bchannels?[ _]first\b|\bnchw\b|"
    r"[(\[] ?(?:\w{1,12}, ?)?\w{0,6}_?(?:channels?|features|sensors|leads), ?"
    r"(?:\w{0,9}_?(?:steps?|length|len|time|height|rows)|\w{1,9} length)",
    "depends": r"\bdepend\w*\b|\baffect\w*\b|\bchange\w*\b|\binfluence\w*\b|\bmatter\w*\b|\bincrease\w*\b|"
    r"\bmore (?:param|weights)|\bsame (?:number|count)",
    "count": r"\bparam(?:eter)?s?\b|\bweights\b",
    "stack": r"\bstack\w*\b|\b(?:two|2|three|3|several|multiple|second) (?:\w+ )?(?:lstm|gru|rnn)s?\b|"
    r"\blstm (?:after|to) (?:an? )?lstm\b",
    "bidirectional": r"\bbi-?directional\b|\bbi-?(?:lstm|gru)\b",
    "recurrent": r"\b(?:lstm|gru|simple ?rnn|rnn|recurrent)s?\b",
    "conv": r"\b(?:conv\w*|cnns?)\b",
    "conv_1d": r"\bconv1d\b|\b1-?d conv\w*|\b1d cnn\b",
    "conv_2d": r"\bconv2d\b|\b2-?d conv\w*|\b2d cnn\b",
    "dense": r"\bdense\b|\bfully[ -]connected\b|\bmlp\b",
    "timedistributed": r"\btime[ -]?distributed\b",
    "dropout": r"\bdropout\b",
    "batchnorm": r"\bbatch ?-?norm\w*\b",
    "windows": r"\bwindows\b|\bsliding window\b",
    "causal": r"\bcausal\b",
    "input_length": r"\binput_length\b",
    "initial state": r"\binitial[ _]states?\b",
    "sigmoid": r"\bsigmoid\b",
    "states": r"\bh and c\b|\bhidden states?\b|\bcell states?\b|\binitial_state\b|\bstates\b",
    "gates": r"\bgates?\b|\b(?:why|where)\b.{0,20}\b(?:a|the|times|factor|multipl\w+(?: by)?) [34]\b(?! \w*(?:d|dim|"
    r"axes|units))|"
    r"\b(?:factor|multiplied by|times) [34]\b",
    "image": r"\bimages?\b|\bpictures?\b|\bphotos?\b",
    "sequence to sequence": r"\bsequence label\w*\b|\btagging\b|\bner\b|\bseq(?:uence)?[ -]?(?:2|"
    r"to)[ -]?seq(?:uence)?\b|\bencoder\b|\bdecoder\b",
    "each step": r"\b(?:same|equal) (?:number of |length of )?(?:time ?)?steps\b|\bsame length as\b|\bas many "
    r"(?:time ?)?steps\b|\b(?:each|every|per) (?:time ?)?step\b|\ball (?:time ?)?steps\b",
    "validation": r"\bvalidation\w*\b",
    "order": r"\border\b|\bfirst or\b|\bbefore or after\b",
    "ids": r"\b(?:word )?(?:ids|indices|indexes|integers)\b|\btokens?\b",
    "strings": r"\bstrings?\b|\b(?:cat|dog)\b|\btext labels\b|\bnames\b",
    "missing": r"\bnan\b|\bmissing values?\b",
    "shape": r"\bshapes?\b|\bdimension\w*\b|\bndim\b",
    "output": r"\boutputs?\b|\breturns?\b|\bresult\b",
    "ahead": r"\b(?:hours|days|steps|timesteps|minutes|months|values|points) ahead\b|\bnext \d+\b|\bhorizon\b|"
    r"\bmulti-?step\b",
    "pretrained": r"\b(?:resnet|vgg|mobilenet|inception|efficientnet|xception|densenet)\w*\b|\bpre-?trained\b|"
    r"\bimagenet\b",
    "last one": r"\blast (?:lstm|gru|rnn|recurrent|layer)\b|\bfinal (?:lstm|gru|rnn)\b",
    "two axes": r"\b(?:2|two)[ -]?(?:d\b|dims?\b|dimension\w*|axes|axis)|\bndim ?= ?2\b",
    "three axes": r"\b(?:3|three)[ -]?(?:d\b|dims?\b|dimension\w*|axes|axis)|\bndim ?= ?3\b",
    "trainable": r"\bnon-?trainable\b|\btrainable\b|\bfreez\w+\b|\bfrozen\b",
    "scores": r"\battention (?:scores?|weights)\b|\breturn_attention_scores\b",
    "backend": r"\bbackends?\b|\bjax\b",
    "open axis": r"\(none, ?\d+\)",
    "torch": r"\b(?:py)?torch\b|\bnn\.",
    "hidden size": r"\bhidden[_ ](?:size|dim\w*)\b",
    "swap": r"\bswap\w*|\binterchang\w*|\bexchang\w*|\bflip\w*|\bthe other way (?:a)?round\b",
    "bias": r"\bbias(?:es)?\b",
    "gru": r"\bgru\b",
    "skipped": r"\bskip\w*|\bunused\b|\bnot (?:used|seen)\b|\b(?:smaller|larger|bigger|less|more|greater|higher|lower|"
    r"fewer) than\b|!=|\bnot equal\b",
    "ragged": r"\bragged\w*",
    "test data": r"\b(?:test(?:ing)?|validation|new|unseen|future) (?:data|set|samples|images|input|x)\b",
    "several values": r"\b(?:predict\w*|forecast\w*|outputs?|regress\w*) (?:the )?\d+ (?:\w+ )?(?:values|numbers|"
    r"targets|outputs|variables|"
    r"coordinates)\b",
    "one number": r"\b(?:a|one|1|the|just a) (?:single |scalar |plain )(?:number|value|float)\b|\bscalar\b",
    "see": r"\b(?:see|print|show|find out|check|look up|inspect|display) (?:\w+ ){0,4}?(?:shapes?|dimensions|sizes?)\b",
    "one more layer": r"\b(?:add\w*|second|another|extra|more|additional) (?:an? |the )?(?:second |another |extra |"
    r"more |hidden |dense ){0,3}"
    r"layers?\b",
    "several images": r"\b(?:two|2|three|3|four|4|several|multiple|pairs? of) (?:\w+ )?(?:images|pictures|photos|"
    r"frames)\b.{0,30}"
    r"\b(?:at once|at the same time|together|as (?:one )?inputs?|into)\b",
    "four axes": r"\b(?:4|four)[ -]?(?:d\b|dims?\b|dimension\w*|axes)|\bndim ?= ?4\b",
    "too large": r"\b(?:images?|inputs?|kernel|filter|pool\w*|window|sequences?)\b.{0,40}"
    r"\b(?:larger|bigger|smaller|shorter|longer) than\b",
    "training": r"\blearning[ _]rates?\b|\boptimi[sz]ers?\b|\bactivations?\b|\b(?:relu|tanh)\b|"
    r"\badam\b",
    "both sizes": r"\(\d{1,2}, ?\d{1,2}\).{0,12}\bor\b.{0,12}\b\d{1,2}\b(?!,)|"
    r"\b\d{1,2}\b.{0,12}\bor\b.{0,12}\(\d{1,2}, ?\d{1,2}\)",
    "segmentation": r"\bsegment(?:ation|ing)\b|\b(?:per|each|every) pixel\b|\bu-?net\b",
    "square": r"\bnon-?square\b|\b(?:be|are|not|is|have) squares?\b(?! root)|\brectang\w+\b",
    "without input": r"\b(?:don'?t|do not|without|no|omit\w*|leave out|leaving out|missing|never) (?:\w+ "
    r"){0,3}input[_ ](?:shape|layer)|"
    r"\bhow (?:does|do|can) (?:keras|the model|tensorflow|it|a layer) know\b",
    "two inputs": r"\b(?:images?|texts?|sequences?|series|numbers|features|tabular\w*)\b.{0,30}\b(?:and|plus|"
    r"together with)\b.{0,30}"
    r"\b(?:numbers|features|tabular\w*|metadata|images?|texts?)\b.{0,40}\b(?:one|1|same|single|a) (?:model|"
    r"network)\b|\b(?:two|2|three|3|several|multiple|different|separate) (?:kinds of )?(?:inputs|input layers|"
    r"branches|sources|data ?sets|kinds of (?:data|features|inputs))\b|\b(?:static|constant|tabular|additional|extra|"
    r"non-?time) (?:features?|variables?|data|inputs?|columns?)\b|\b(?:one|1|an?|some) features?\b.{0,40}"
    r"\b(?:another|other|others|second)\b.{0,12}\bfeatures?\b|\bboth (?:images?|text|numeric\w*|time series)\b",
    "several outputs": r"\b(?:two|2|three|3|several|multiple) (?:different |separate )?(?:outputs|output layers|tasks|"
    r"heads of the model)\b|\bmulti-?(?:output|task)\b",
    "concatenate": r"\bconcat\w*",
    "reshape": r"\breshap\w*",
    "transpose": r"\btranspos\w*(?! conv)|\bpermute\w*|\bswapaxes\b|\bmoveaxis\b",
    "repeat": r"\brepeat ?vectors?\b|\brepeat the\b",
    "comma": r"\bcommas?\b|\btrailing\b",
    "input_dim": r"\binput_dim\b|\binput dim(?:ension)?\b",
    "series": r"\bsignals?\b|\bseries\b|\bsequence_?\s?(?:length|len)\b|\bseq_len\b",
    "resize": r"\bresiz\w*|\brescal\w*|\bexpects? \d{3}\b",
    "one by one": r"\b1 ?x ?1\b.{0,30}\b(?:conv|kernels?|filters?)|\b(?:conv\w*|kernels?|filters?)\b.{0,30}\b1 ?x ?1\b",
    "transformer": r"\btransformers?\b|\bself-?attention\b|\bmulti-?head\w*\b|\battention\b",
}  # fmt: skip
_FORMS = {name: re.compile(words) for name, words in TERMS.items()}


def terms_in(words: str) -> frozenset[str]:
    """The terms of a question in small letters."""
    return frozenset(name for name, form in _FORMS.items() if form.search(words))


ASKING = frozenset(("may", "what", "how many", "why", "apart"))
_ANY_QUESTION = ASKING | {"choose", "depends", "order", "single", "image", "missing"}


def topics_in(words: str) -> frozenset[str]:
    """The terms that other texts seldom have."""
    return terms_in(words) - _ANY_QUESTION


# What the shapes and counts of a model say.
OF_MODELS = frozenset(
    (
        *(
            "count",
            "output",
            "shape",
            "recurrent",
            "gru",
            "conv",
            "conv_1d",
            "conv_2d",
            "dense",
            "embedding",
            "flatten",
        ),
        *("bidirectional", "pooling", "global", "batchnorm", "dropout", "transformer"),
        *("return_sequences", "return_state", "stack"),
    )
)
NO_MODELS = frozenset(("scores", "mask", "ragged"))  # what they never say
_OF_KERAS_ALONE = frozenset(
    (
        *(
            "units",
            "filters",
            "kernel",
            "strides",
            "pooling",
            "heads",
            "key_dim",
            "epoch",
            "mask",
            "one-hot",
            "flatten",
        ),
        *("embedding", "vocabulary", "recurrent", "conv", "dense", "dropout", "batchnorm", "gates", "transformer"),
        *("return_sequences", "return_state", "stateful", "bidirectional", "timedistributed", "steps", "ragged"),
        *("several images", "several outputs", "several values", "two inputs", "one number", "one more layer"),
        *("concatenate", "repeat", "test data", "see", "square", "without input", "four axes", "training"),
    )
)


def speaks_of_it(words: str) -> bool:
    """Whether a short text is about Keras: two of its terms, or a question about one that is said nowhere else."""
    topics = topics_in(words)
    return len(topics) > 1 or bool(topics & _OF_KERAS_ALONE and terms_in(words) & (ASKING - {"apart"}))
