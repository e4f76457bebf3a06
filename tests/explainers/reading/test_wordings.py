"""Wordings of all eras, written down from memory of Keras, TensorFlow and Theano: each gets its mistake."""

# ruff: noqa: E501  (a message stands on one line, as it is printed)

from __future__ import annotations

import json
import re

import pytest

from explainers.core.mistakes import all_families
from explainers.core.mistakes.kit.wording import compile_wording
from explainers.reading.diagnosing import read

WORDINGS: tuple[tuple[str | None, str], ...] = (
    ('layer_rank', 'Convolution expects input with rank 4, got 5'),
    ('operand_sizes', 'InvalidArgumentError: Expected size[1] in [0, 500], but got 1000'),
    ('initial_state', "ValueError: Input tensor 'rnn/while/Exit_3:0' enters the loop with shape (283, 128), but has shape (?, 128) after one iteration."),
    ('stateful_batch', 'INVALID_ARGUMENT: Invalid input_h shape: [1,33,16] [1,32,16]'),
    ('target_shape', 'ValueError: Error when checking target: expected dense_20 to have shape (3,) but got array with shape (22,)'),
    ('target_shape', 'ValueError: Error when checking target: expected dense_1 to have 2 dimensions, but got array with shape (40261, 2, 2)'),
    ('target_shape', '"Error when checking target: expected activation_11 to have shape (90, 10) but got array with shape (10, 2)" when I fit\nX_train.shape = ( 5986, 90, 2)\nY_train.shape = ( 5986, 10, 2)'),
    ('target_shape', 'ValueError: Error when checking model target: expected lstm_1 to have shape (100, 500) but got array with shape (100, 1)'),
    ('data_rank', 'model = Sequential()\nmodel.add(LSTM(1,input_shape=(None,1506),dropout=0.2))\nmodel.fit(x_train,y_train,nb_epoch=15,batch_size=32)\n```\nthe error is:\n`ValueError: Error when checking model input: expected lstm_29_input to have 3 dimensions, but got array with shape (203158, 1506)`'),
    ('operand_sizes|layer_rank', 'ValueError: Input dimension mis-match. (input[1].shape[1] = 128, input[2].shape[1] = 64)\nApply node that caused the error: Elemwise{mul,no_inplace}(TensorConstant{(1, 1) of 2.0}, Join.0)\nInputs shapes: [(1, 1), (32, 128), (32, 64)]'),
    ('initial_state', 'ValueError: An `initial_state` was passed that is not compatible with `cell.state_size`. Received `state_spec`=ListWrapper([InputSpec(shape=(None, 9, 128), ndim=3), InputSpec(shape=(None, 128), ndim=2)]); however `cell.state_size` is [128]'),
    ('initial_state', 'ValueError: Expected state to be a tuple of length 1, but received: Tensor("decoder/decoder/while/Identity_3:0", shape=(?, 1024), dtype=float32)'),
    ('layer_rank', "ValueError: ('You cannot drop a non-broadcastable dimension.', ((False, False, False, False), (0, 'x', 2)))"),
    ('layer_rank', 'Exception: Input 0 is incompatible with layer lstm_2: expected ndim=3, found ndim=2'),
    ('stateful_batch', 'ValueError: In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: 1281 samples. Batch size: 32.'),
    ('stateful_batch', 'Exception: In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: 61 samples'),
    ('merge_shapes', 'Exception: Only layers of same output shape can be merged using sum mode. Layer shapes: [(None, 30, 64), (None, 64)]'),
    ('merge_shapes', 'ValueError: "concat" mode can only merge layers with matching output shapes except for the concat axis. Layer shapes: [(None, 10, 32), (None, 12, 33)]'),
    ('merge_shapes', 'ValueError: `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got inputs shapes: [(None, 14, 14, 256), (None, 15, 15, 128)]'),
    ('merge_shapes', 'ValueError: Dimension incompatibility using dot mode: 30 != 40. Layer shapes: (None, 30, 5) (None, 40, 5)'),
    ('unknown_axis', 'ValueError: The shape of the input to "Flatten" is not fully defined (got (None, 64). Make sure to pass a complete "input_shape" or "batch_input_shape" argument to the first layer in your model.'),
    ('unknown_axis', 'ValueError: The channel dimension of the inputs should be defined. Found `None`.'),
    ('embedding_range', 'tensorflow.python.framework.errors_impl.InvalidArgumentError:  indices[0,29] = 20001 is not in [0, 20000)\n\t [[{{node embedding_1/embedding_lookup}}]]'),
    ('embedding_range', 'IndexError: index 5000 is out of bounds for size 5000\nApply node that caused the error: AdvancedSubtensor1(embedding_1_W, Reshape{1}.0)'),
    ('weights_shape', 'ValueError: You called `set_weights(weights)` on layer "embedding_1" with a  weight list of length 400001, but the layer was expecting 1 weights. Provided weights: [array([0., 0.'),
    ('weights_shape', "ValueError: Dimension 0 in both shapes must be equal, but are 5000 and 4000 for 'Assign_3' (op: 'Assign') with input shapes: [5000,100], [4000,100]."),
    ('weights_shape', 'ValueError: Layer #0 (named "conv1"), weight <tf.Variable \'conv1/kernel:0\' shape=(3, 3, 3, 64) dtype=float32_ref> has shape (3, 3, 3, 64), but the saved weight has shape (64, 3, 3, 3).'),
    ('weights_shape', 'ValueError: You are trying to load a weight file containing 16 layers into a model with 13 layers.'),
    ('weights_shape', "ValueError: Cannot assign value to variable ' dense/kernel:0': Shape mismatch.The variable shape (512, 10), and the assigned value shape (512, 100) are incompatible."),
    ('reshape', 'ValueError: total size of new array must be unchanged'),
    ('reshape', 'InvalidArgumentError: Input to reshape is a tensor with 6400 values, but the requested shape has 3200'),
    ('reshape', 'ValueError: cannot reshape array of size 47040000 into shape (60000,28,28)'),
    ('ragged_data', 'ValueError: setting an array element with a sequence.'),
    ('ragged_data', 'ValueError: could not broadcast input array from shape (20,100) into shape (20)'),
    ('ragged_data', "TypeError: Failed to convert object of type <class 'list'> to Tensor. Contents: [[1,2],[3]]. Consider casting elements to a supported type."),
    ('old_argument', "TypeError: __init__() got an unexpected keyword argument 'ragged'\nFile model.py\n LSTM(4)"),
    ('old_argument', "TypeError: ('Keyword argument not understood:', 'input_dtype')"),
    ('old_argument', "TypeError: __init__() missing 1 required positional argument: 'units'\n model.add(LSTM(output_dim=4))"),
    ('old_argument', "ImportError: cannot import name 'Merge' from 'keras.layers'"),
    ('old_argument', 'ImportError: cannot import name TimeDistributedDense'),
    ('old_argument', "AttributeError: 'Sequential' object has no attribute 'predict_classes'"),
    ('old_argument', "ValueError: Unrecognized keyword arguments passed to Dense: {'input_dim': 5, 'init': 'uniform'}"),
    ('output_count', 'ValueError: too many values to unpack (expected 3)\n encoder_outputs, state_h, state_c = encoder(x)'),
    ('output_count', 'TypeError: Tensor objects are only iterable when eager execution is enabled. To iterate over this tensor use tf.map_fn.\n out, h, c = LSTM(4)(x)'),
    ('input_count', 'ValueError: Error when checking model input: the list of Numpy arrays that you are passing to your model is not the size the model expected. Expected to see 2 array(s), but instead got the following list of 1 arrays: [array([[0.1'),
    ('input_count', "ValueError: Layer model_1 expects 2 inputs, but it received 1 input tensors. Inputs received: [<tf.Tensor 'IteratorGetNext:0' shape=(None, 10) dtype=float32>]"),
    ('input_count', 'ValueError: A `Concatenate` layer should be called on a list of at least 2 inputs'),
    ('input_count|target_shape', 'ValueError: The model expects 2 target arrays, but only received one array. Found: array with shape (500, 3)'),
    ('channels', 'ValueError: number of input channels does not match corresponding dimension of filter, 3 != 1'),
    ('channels', 'ValueError: CorrMM images and kernel must have the same stack size'),
    ('channels', 'InvalidArgumentError: input depth must be evenly divisible by filter depth: 1 vs 3'),
    ('channels|data_size', 'ValueError: Input 0 of layer "conv2d" is incompatible with the layer: expected axis -1 of input shape to have value 3, but received input with shape (None, 64, 64, 1)'),
    ('mask', 'TypeError: Layer flatten_1 does not support masking, but was passed an input_mask: Tensor("embedding_1/NotEqual:0", shape=(?, 20), dtype=bool)'),
    ('mask', 'ValueError: You are passing a RNN mask that does not correspond to right-padded sequences, while using cuDNN, which is not supported.'),
    ('mask', 'ValueError: Mask must have shape (batch, 10) but has (batch, 12)'),
    ('data_size', 'ValueError: Data cardinality is ambiguous:\n  x sizes: 7000\n  y sizes: 6999\nMake sure all arrays contain the same number of samples.'),
    ('data_size', 'ValueError: Input arrays should have the same number of samples as target arrays. Found 100 input samples and 80 target samples.'),
    ('data_size', "WARNING:tensorflow:Model was constructed with shape (None, 10, 5) for input KerasTensor(type_spec=TensorSpec(shape=(None, 10, 5), dtype=tf.float32, name='lstm_input')), but it was called on an input with incompatible shape (None, 12, 5)."),
    ('layer_rank', "ValueError: Shape must be rank 4 but is rank 3 for 'conv2d_1/convolution' (op: 'Conv2D') with input shapes: [?,28,28], [3,3,1,32]."),
    ('layer_rank', "ValueError: slice index 1 of dimension 0 out of bounds. for 'lstm_1/strided_slice'"),
    ('kernel_exceeds_steps', 'ValueError: One of the dimensions in the output is <= 0 due to downsampling in conv1d_3. Consider increasing the input size. Received input shape [None, 2, 64] which would produce output shape with a zero or negative value in a dimension.'),
    ('kernel_exceeds_steps', "ValueError: Negative dimension size caused by subtracting 2 from 1 for 'MaxPool_4' (op: 'MaxPool') with input shapes: [?,1,1,64]."),
    ('kernel_exceeds_steps', 'ValueError: ConvOp.infer_shape: negative output dimension: the filter size 5 is larger than the input size 3'),
    ('operand_sizes', 'InvalidArgumentError: Matrix size-incompatible: In[0]: [32,10], In[1]: [12,64]\n\t [[{{node dense_1/MatMul}}]]'),
    ('operand_sizes', 'tensorflow.python.framework.errors_impl.InvalidArgumentError: Incompatible shapes: [32,10] vs. [32]'),
    ('operand_sizes', 'InvalidArgumentError:  required broadcastable shapes\n\t [[node mean_squared_error/SquaredDifference]]'),
    ('operand_sizes', 'InvalidArgumentError:  required broadcastable shapes [Op:AddV2]'),
    ('operand_sizes|layer_rank', 'ValueError: Shape mismatch: x has 64 cols (and 32 rows) but y has 128 rows (and 10 cols)'),
    ('operand_sizes|layer_rank', 'ValueError: shapes (32,64) and (128,10) not aligned: 64 (dim 1) != 128 (dim 0)'),
    ('target_shape', 'ValueError: Shapes (None, 1) and (None, 10) are incompatible'),
    ('target_shape', 'ValueError: `logits` and `labels` must have the same shape, received ((None, 5) vs (None, 1)).'),
    ('target_shape', 'ValueError: logits and labels must have the same shape ((None, 2) vs (None, 1))'),
    ('target_shape', 'ValueError: You are passing a target array of shape (60000, 1) while using as loss `categorical_crossentropy`. `categorical_crossentropy` expects targets to be binary matrices (1s and 0s) of shape (samples, classes).'),
    ('target_shape', 'InvalidArgumentError: Received a label value of 10 which is outside the valid range of [0, 10).  Label values: 3 10 2'),
    ('target_shape', 'InvalidArgumentError: Can not squeeze dim[1], expected a dimension of 1, got 10'),
    ('data_rank|layer_rank', 'ValueError: Input 0 of layer sequential_3 is incompatible with the layer: : expected min_ndim=3, found ndim=2. Full shape received: [None, 30]'),
    ('layer_rank', 'ValueError: Input 0 of layer lstm is incompatible with the layer: expected ndim=3, found ndim=4. Full shape received: [None, None, 10, 5]'),
    ('data_rank|data_size', 'Exception: Invalid input shape - Layer expects input ndim=3, was provided with input shape (None, 10)'),
    ('data_rank', 'ValueError: Error when checking : expected conv1d_1_input to have 3 dimensions, but got array with shape (1, 40)'),
    ('unknown_axis', "TypeError: unsupported operand type(s) for *: 'NoneType' and 'int'\n Flatten"),
    ('unknown_axis', 'ValueError: Cannot convert an unknown Dimension to a Tensor: ?'),
    ('unknown_axis', "TypeError: Expected int32, got None of type '_Message' instead. tf.zeros(shape=(None, 4))"),
    ('initial_state', 'ValueError: Layer has 2 states but was passed 1 initial states.'),
    ('initial_state', "ValueError: Layer lstm_1 expects 2 states, but it received 1 state values. Input received: [<tf.Tensor 'x'>]"),
    ('input_count', 'ValueError: RNN cell <__main__.Cell object at 0x7f2> does not support constants. Received: constants=[<KerasTensor: shape=(None, 7) dtype=float32>]'),
    ('initial_state', "ValueError: The two structures don't have the same sequence length. Input structure has length 2, while shallow structure has length 1."),
    ('initial_state', "ValueError: The two structures don't have the same nested structure.\n\nFirst structure: type=list str=[<tf.Tensor shape=(10, 45)>]\n\nSecond structure: type=tuple str=(1, 2)"),
    ('initial_state', "ValueError: Structures don't have the same nested structure."),
    ('target_shape', "File losses.py\n y_pred = nest(y_true)\nValueError: The two structures don't have the same number of elements."),
    ('input_count', "InvalidArgumentError: You must feed a value for placeholder tensor 'input_9' with dtype float and shape [?,28,27,1]"),
    ('input_count', 'ValueError: Graph disconnected: cannot obtain value for tensor Tensor("input_6:0", shape=(None, 28, 27, 1), dtype=float32) at layer "input_6". The following previous layers were accessed without issue: []'),
    ('input_count', 'ValueError: Attention layer accepts inputs list of length 2 or 3, namely [query, value] or [query, value, key]. Received length: 4.'),
    ('input_count', 'ValueError: A `Concatenate` layer should be called on a list of inputs. Received: input_shape=(None, 7)'),
    ('reshape', 'ValueError: GpuReshape: cannot reshape input of shape (640, 512) to shape (21, 30, 512).'),
    ('reshape', 'ValueError: There must be at most one unknown dimension in output_shape. Received: output_shape=(-1, -1, 4).'),
    ('weights_shape', "ValueError: Shapes must be equal rank, but are 2 and 1 for 'Assign_732' (op: 'Assign') with input shapes: [2,384], [768]."),
    ('weights_shape', 'ValueError: CuDNNGRU is not compatible with GRU(reset_after=False)'),
    ('merge_shapes', 'ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concat axis: input_shape=[(None, 512, 3, 2), (None, 256, 1, 7)'),
    ('merge_shapes', 'ValueError: Cannot do batch_dot on inputs with shapes (None, 4, 7) and (None, 5, 9) with axes=[2, 2]. x.shape[2] != y.shape[2] (7 != 9).'),
    ('unknown_axis', 'Exception: The first layer in a Sequential model must get an `input_shape` or `batch_input_shape` argument.'),
    ('unknown_axis', 'ValueError: This model has not yet been built. Build the model first by calling `build()` or by calling the model on a batch of data.'),
    ('unknown_axis', 'ValueError: The channel dimension of the inputs (last axis) should be defined. Found None. Full input shape received: input_shape=(None, 9, 40, 41, None)'),
    ('layer_rank', 'ValueError: Input 0 of layer gru_cell_2 is incompatible with the layer: its rank is undefined, but the layer requires a defined rank.'),
    ('layer_rank', 'ValueError: Shape (128, ?) must have rank at least 3'),
    ('layer_rank', 'ValueError: Inputs should have rank 4. Received input_shape=(None, 28, 5).'),
    ('ragged_data', 'ValueError: Exception encountered when calling GRU.call().\n\nCannot index into an inner ragged dimension.'),
    ('ragged_data', "ValueError: Shape of sample (5,) of sequence at position 0 is different from expected shape (3,)"),
    ('data_size', 'ValueError: Data cardinality is ambiguous:\n  x sizes: 50, 1\nPlease provide data which shares the same first dimension.'),
    ('data_size|channels', 'ValueError: Input 0 is incompatible with layer dense_1: expected axis -1 of input shape to have value x but got shape (y, z)'),
    ('data_size', 'ValueError: Training data contains 1 samples, which is not sufficient to split it into a validation and training set as specified by `validation_split=0.2`.'),
    ('operand_sizes', 'InvalidArgumentError: Inputs to operation AddN_1 of type AddN must have the same size and shape.  Input 0: [1,256] != input 1: [3,255]'),
    ('stateful_batch', 'ValueError: Mismatch between expected batch size and model output batch size. Output shape = (32, 4), expected output shape = shape (20, 4)'),
    ('mask', 'ValueError: The `mask` passed to the `TimeDistributed` layer has a shape (None, 9) that is incompatible with the input shape (None, 7, 5).'),
    ('kernel_exceeds_steps', 'ValueError: `cropping` parameter of `Cropping1D` layer must be smaller than the input length. Received: input_shape=(None, 7, 5), cropping=(4, 4)'),
    ('channels', 'ValueError: Number of groups (6) must be a multiple of the number of channels (8).'),
    (None, "ModuleNotFoundError: No module named 'tensorflow.keras'"),
    (None, 'Exploding gradients, please help, my LSTM does not learn'),
    (None, 'RuntimeError: The Session graph is empty.'),
    (None, "ValueError: invalid literal for int() with base 10: 'a'"),
    (None, 'IndexError: list index out of range'),
    (None, "AttributeError: 'NoneType' object has no attribute '_inbound_nodes'"),
)  # fmt: skip

# Messages as they are pasted: in sentences of other languages, wrapped, quoted, coloured, with nodes and tracebacks.
PASTED: tuple[tuple[str | None, str], ...] = (
    ('layer_rank', 'Hallo zusammen, beim Trainieren bekomme ich folgenden Fehler, ich weiß nicht weiter:\n\nValueError: Input 0 of layer "lstm_7" is incompatible with the layer: expected ndim=3, found ndim=2. Full shape received: (None, 48)\n\nDanke im Voraus, Grüße aus Köln'),
    ('data_rank', '运行 model.fit 的时候报错，不知道怎么改：\nValueError: Error when checking input: expected gru_3_input to have 3 dimensions, but got array with shape (5120, 37)\n求大神指点'),
    ('target_shape', 'Здравствуйте! Ошибка: ValueError: Error when checking target: expected dense_4 to have shape (1,) but got array with shape (17,)\nчто делать?'),
    ('kernel_exceeds_steps', 'Hola, tengo este error al construir la red:\nValueError: Negative dimension size caused by subtracting 7 from 5 for \'{{node conv1d_3/Conv1D}} = Conv2D[T=DT_FLOAT, data_format="NHWC", dilations=[1, 1, 1, 1], explicit_paddings=[], padding="VALID", strides=[1, 1, 1, 1], use_cudnn_on_gpu=true](conv1d_3/Conv1D/ExpandDims, conv1d_3/Conv1D/ExpandDims_1)\' with input shapes: [?,1,5,19], [1,7,19,23].\n¿Alguien sabe por qué?'),
    ('data_size', '> ValueError: Error when checking input: expected\n> bidirectional_2_input to have shape (50,\n> 13) but got array with shape (48,\n> 13)'),
    ('layer_rank', '\x1b[0;31mValueError\x1b[0m: Exception encountered when calling Sequential.call().\n\n\x1b[1mInput 0 of layer "conv1d_1" is incompatible with the layer: expected min_ndim=3, found ndim=2. Full shape received: (32, 187)\x1b[0m\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor(shape=(32, 187), dtype=float32)\n  • training=True\n  • mask=None'),
    ('data_size', 'Exception: Error when checking model input: expected input_5 to have shape (None, 33L, 12L) but got array with shape (219L, 12L, 33L)'),
    ('operand_sizes|layer_rank', 'ValueError: Input dimension mis-match. (input[0].shape[1] = 40, input[1].shape[1] = 64)\nApply node that caused the error: Elemwise{Composite{((i0 + i1) + i2)}}[(0, 0)](Reshape{3}.0, InplaceDimShuffle{x,x,0}.0)\nToposort index: 113\nInputs types: [TensorType(float32, 3D), TensorType(float32, (True, True, False))]\nInputs shapes: [(32, 40, 96), (1, 1, 64)]\nInputs strides: [(15360, 384, 4), (256, 256, 4)]'),
    ('operand_sizes|layer_rank', 'ValueError: Shape mismatch: x has 300 cols (and 640 rows) but y has 200 rows (and 512 cols)\nApply node that caused the error: Dot22(Reshape{2}.0, lstm_1_W_i)\nInputs shapes: [(640, 300), (200, 512)]'),
    ('layer_rank|data_rank', 'TypeError: (\'Bad input argument to theano function with name "/usr/lib/python2.7/site-packages/keras/backend/theano_backend.py:503"  at index 0(0-based)\', \'Wrong number of dimensions: expected 3, got 2 with shape (64, 250).\')'),
    ('kernel_exceeds_steps', "ValueError: The hardcoded shape for the image stack size (1) isn't the run time shape (3).\nValueError: ConvOp.infer_shape: negative output dimension: the filter size 9 is larger than the input size 4"),
    ('data_size', 'Traceback (most recent call last):\n  File "train.py", line 77, in <module>\n    sess.run(train_op, feed_dict={x: batch_x, y: batch_y})\nValueError: Cannot feed value of shape (128, 28, 28) for Tensor u\'Placeholder:0\', which has shape \'(?, 784)\''),
    ('layer_rank|unknown_axis', "ValueError: Shape must be rank 2 but is rank 3 for 'MatMul' (op: 'MatMul') with input shapes: [?,20,128], [128,10]."),
    ('operand_sizes', "ValueError: Dimensions must be equal, but are 512 and 256 for 'rnn/while/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/MatMul_1' (op: 'MatMul') with input shapes: [64,512], [256,1024]."),
    ('layer_rank|unknown_axis', "ValueError: Dimension must be 2 but is 3 for 'transpose_1' (op: 'Transpose') with input shapes: [?,100], [3]."),
    ('merge_shapes', "ValueError: Dimension 0 in both shapes must be equal, but are 12 and 15. Shapes are [12,64] and [15,64]. for 'concat_3' (op: 'ConcatV2') with input shapes: [?,12,64], [?,15,64], [] and with computed input tensors: input[2] = <-1>."),
    ('merge_shapes', 'ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape=[(None, 32, 40, 64), (None, 33, 40, 128)]'),
    ('merge_shapes', 'Exception: "sum" mode can only merge layers with matching output shapes. Layer shapes: [(None, 14, 200), (None, 14, 300)]'),
    ('operand_sizes|merge_shapes', 'ValueError: Operands could not be broadcast together with shapes (12, 300) (20, 300)'),
    ('layer_rank', "ValueError: in user code:\n\n    C:\\Users\\me\\anaconda3\\lib\\site-packages\\keras\\engine\\training.py:853 train_function  *\n        return step_function(self, iterator)\n    C:\\Users\\me\\anaconda3\\lib\\site-packages\\keras\\engine\\input_spec.py:213 assert_input_compatibility\n        raise ValueError('Input ' + str(input_index) + ' of layer ' +\n\n    ValueError: Input 0 of layer conv2d_12 is incompatible with the layer: : expected min_ndim=4, found ndim=3. Full shape received: (None, 96, 54)"),
    ('layer_rank', 'ValueError: Input 0 is incompatible with layer bidirectional_4: expected ndim=3, found ndim='),
    ('weights_shape', 'ValueError: Layer weight shape (20001, 100) not compatible with provided weight shape (19780, 100)'),
    ('weights_shape', 'ValueError: Layer #2 (named "dense_5"), weight <tf.Variable \'dense_5/kernel:0\' shape=(2048, 5) dtype=float32> has shape (2048, 5), but the saved weight has shape (2048, 9).'),
    ('weights_shape', 'ValueError: You are trying to load a weight file containing 13 layers into a model with 11 layers.'),
    ('weights_shape', 'ValueError: Shape mismatch in layer #0 (named conv1)for weight conv1/kernel:0. Weight expects shape (3, 3, 1, 64). Received saved weight with shape (64, 3, 3, 3)'),
    ('weights_shape', "ValueError: A total of 1 objects could not be loaded. Example error message for object <Dense name=dense_2, built=True>:\n\nLayer 'dense_2' expected 2 variables, but received 0 variables during loading. Expected: ['kernel', 'bias']"),
    ('embedding_range', 'InvalidArgumentError: Graph execution error:\nindices[11,3] = 8732 is not in [0, 8732)\n\t [[{{node functional_1/embedding_1/GatherV2}}]]'),
    ('embedding_range', 'IndexError: index 4391 is out of bounds for axis 0 with size 4391'),
    ('reshape', 'ValueError: cannot reshape array of size 153600 into shape (60,64,64)'),
    ('reshape', 'InvalidArgumentError: Input to reshape is a tensor with 12800 values, but the requested shape has 25088\n\t [[node sequential/flatten/Reshape]]'),
    ('reshape', 'ValueError: total size of new array must be unchanged, input_shape = [19, 64], output_shape = [30, 40]'),
    ('ragged_data', 'ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type list).'),
    ('ragged_data', 'ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions. The detected shape was (150,) + inhomogeneous part.'),
    ('old_argument', "TypeError: __init__() got an unexpected keyword argument 'border_mode'"),
    ('old_argument', "TypeError: Dense.__init__() missing 1 required positional argument: 'units'"),
    ('old_argument', "ImportError: cannot import name 'TimeDistributedDense' from 'keras.layers' (/usr/local/lib/python3.10/dist-packages/keras/layers/__init__.py)"),
    ('old_argument', "AttributeError: 'Functional' object has no attribute 'predict_proba'"),
    ('old_argument', "ValueError: Unrecognized keyword arguments passed to Embedding: {'input_length': 250}"),
    ('initial_state', 'ValueError: Layer gru_2 expects 1 state(s), but it received 2 initial state(s). Input received: [<tf.Tensor>, <tf.Tensor>]'),
    ('initial_state', 'ValueError: State 0 is incompatible with layer lstm_3: expected shape=(None, 128), found shape=(None, 256)'),
    ('initial_state', 'ValueError: An `initial_state` was passed that is not compatible with `cell.state_size`. Received `state_spec`=ListWrapper([InputSpec(shape=(None, 100), ndim=2)]); however `cell.state_size` is [64]'),
    ('stateful_batch', 'ValueError: In a stateful network, you should only pass inputs with a number of samples that can be divided by the batch size. Found: 719 samples. Batch size: 32.'),
    ('stateful_batch', 'Exception: If an RNN is stateful, a complete input_shape must be provided (including batch size).'),
    ('unknown_axis', 'ValueError: The last dimension of the inputs to `Dense` should be defined. Found `None`.'),
    ('unknown_axis', 'TypeError: Failed to convert elements of (None, 9, 64) to Tensor. Consider casting elements to a supported type.'),
    ('unknown_axis', 'ValueError: The channel dimension of the inputs must be defined. Received input_shape=(None, None, None, None)'),
    ('input_count', 'ValueError: Layer "model_2" expects 3 input(s), but it received 1 input tensors. Inputs received: [<tf.Tensor \'IteratorGetNext:0\' shape=(None, 64) dtype=float32>]'),
    ('input_count', 'AssertionError: Missing data for input "b".'),
    ('input_count|target_shape', 'ValueError: Error when checking model target: the list of Numpy arrays that you are passing to your model is not the size the model expected. Expected to see 2 array(s), but instead got the following list of 1 arrays: [array([[0, 1]])]...'),
    ('channels', 'ValueError: Input 0 of layer "conv2d_3" is incompatible with the layer: expected axis -1 of input shape to have value 3, but received input with shape (None, 224, 224, 4)'),
    ('channels', "ValueError: Depth of input (28) is not a multiple of input depth of filter (3) for 'conv2d_1/convolution' (op: 'Conv2D') with input shapes: [?,28,28,28], [3,3,3,16]."),
    ('channels', 'ValueError: GpuCorrMM images and kernel must have the same stack size'),
    ('mask', 'TypeError: Layer reshape_2 does not support masking, but was passed an input_mask: Tensor("embedding_1/NotEqual:0", shape=(?, 40), dtype=bool)'),
    ('data_size', 'ValueError: Data cardinality is ambiguous:\n  x sizes: 1437\n  y sizes: 360\nMake sure all arrays contain the same number of samples.'),
    ('target_shape', 'ValueError: `logits` and `labels` must have the same shape, received ((None, 10) vs (None, 1)).'),
    ('target_shape', 'ValueError: Shapes (None, 7, 5) and (None, 5) are incompatible'),
    ('target_shape', 'InvalidArgumentError:  logits and labels must be broadcastable: logits_size=[64,12] labels_size=[64,10]\n\t [[node categorical_crossentropy/softmax_cross_entropy_with_logits (defined at train.py:55) ]]'),
    ('target_shape', 'ValueError: Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(16, 30), output.shape=(16, 12)'),
    ('output_count', 'TypeError: All layers in a Sequential model should have a single output tensor. For multi-output layers, use the functional API.'),
    ('output_count', 'ValueError: not enough values to unpack (expected 3, got 1)\n    encoder_out, h, c = LSTM(64)(x)'),
    ('data_rank|data_size', 'Exception: Invalid input shape - Layer expects input ndim=3, was provided with input shape (None, 784)'),
    ('layer_rank|data_rank', 'Exception: Layer expected input with ndim=2 but previous layer has output_shape (None, 20, 64)'),
    ('mask|None|kernel_exceeds_steps', "UnknownError: [_Derived_]  CUDNN_STATUS_BAD_PARAM in tensorflow/stream_executor/cuda/cuda_dnn.cc(1496): 'cudnnSetRNNDataDescriptor( data_desc.get(), data_type, layout, max_seq_length, batch_size, data_size, seq_lengths_array, (void*)&padding_fill)'"),
    ('layer_rank', '**Describe the bug**\n```\nValueError: Input 0 of layer &quot;time_distributed_1&quot; is incompatible with the layer: expected min_ndim=3, found ndim=2. Full shape received: (None, 64)\n```\n**To Reproduce** ...'),
    ('data_rank', '<p>ValueError: Error when checking input: expected conv2d_1_input to have 4 dimensions, but got array with shape (60000, 28, 28)</p>'),
    (None, 'Epoch 1/10  100/100 - 2s loss: nan - val_loss: nan. Why is my loss nan with LSTM(50)?'),
    (None, "ModuleNotFoundError: No module named 'keras.layers.recurrent'"),
    (None, 'OSError: SavedModel file does not exist at: model.h5'),
    (None, 'ResourceExhaustedError: OOM when allocating tensor with shape[256,64,112,112] and type float'),
    ('None|operand_sizes', 'RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x128 and 64x10)'),
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "message"), [*WORDINGS, *PASTED], ids=[message[:60] for _, message in (*WORDINGS, *PASTED)]
)
def test_a_wording_gets_its_mistake(wanted: str | None, message: str) -> None:
    assert str(read(message).mistake) in str(wanted).split("|")


@pytest.mark.parametrize("wanted", sorted({str(wanted).split("|")[0] for wanted, _ in WORDINGS if wanted}))
def test_noise_around_a_message_changes_nothing(wanted: str) -> None:
    """Other languages, a terminal's colours, quote marks, wrapped lines."""
    message = next(text for name, text in WORDINGS if str(name).split("|")[0] == wanted)
    wrapped = "\n> ".join(message.split(" "))
    cut = "\n".join(message[i : i + 72] for i in range(0, len(message), 72))  # by a window, inside words
    escaped = json.dumps(f"Epoch 1\n\n{message}\n\nthanks\n")[1:-1]
    for noisy in (
        f"我的模型報錯：\n{message}\n怎么办？",
        f"\x1b[1m{message}\x1b[0m",
        f"> {wrapped}",
        f"**{message}**",
        f"<p>Help!<br/>{message}<br>thanks</p>",
        cut,
        escaped,
    ):
        assert read(noisy).mistake == read(message).mistake, noisy


@pytest.mark.parametrize("marks", ["> ", ">", "  > > "])
def test_quoted_code_and_tables_are_read(marks: str) -> None:
    code = "model = Sequential()\nmodel.add(LSTM(4, input_shape=(9, 3)))\nmodel.add(Dense(2))"
    table = "lstm_1 (LSTM)     (None, 20, 5)   140\ndense_1 (Dense)   (None, 20, 7)   42\n"
    for text in (code, table):
        quoted = "\n".join(marks + line for line in text.split("\n"))
        assert read(quoted).kind == read(text).kind
        assert [layer.class_name for layer in read(quoted).spec.layers] == [  # type: ignore[union-attr]
            layer.class_name
            for layer in read(text).spec.layers  # type: ignore[union-attr]
        ]


def test_every_family_has_a_cause_and_a_word_to_look_for() -> None:
    for family in all_families():
        assert family.causes, family.says
        assert all(word == word.lower() for word in family.sees), family.says
        assert len(family.patterns) == len(family.says) > 0


def test_a_word_to_look_for_stands_in_each_wording() -> None:
    """Else a wording of the table could never be reached."""
    for family in all_families():
        for wording in family.says:
            fixed = wording.lower().replace("<", "").replace(">?", "").replace("\\", "")
            parts = re.split(r"\{\w+(?::\w+)?\}|\.\.\.", fixed)
            assert any(word[:8] in part for word in family.sees for part in parts), wording


def test_the_small_language_of_wordings() -> None:
    pattern = compile_wording("expected <min_|max_>?ndim={expected_ndim}, got {found:shape}")
    match = pattern.search("Expected min_ndim=3, got TensorShape([None, 20L])")
    assert match is not None
    assert match.groupdict() == {"expected_ndim": "3", "found": "TensorShape([None, 20L])"}
    assert pattern.search("expected ndim=three, got (1, 2)") is None


def test_operands_that_meet_in_a_loss_are_a_target_and_an_output() -> None:
    found = read(
        "ValueError: Dimensions must be equal, but are 6 and 11 for '{{node compile_loss/mae/sub}} = Sub[T=DT_FLOAT]"
        "(data_1, sequential_2_1/dense_2_1/Add)' with input shapes: [?,6,1], [?,11,1]."
    )
    assert found.mistake == "target_shape"
    assert found.cause.startswith("The loss mae compares outputs (None, 11, 1) with targets (None, 6, 1):")


def test_a_loop_that_meets_two_numbers_of_samples_has_a_state_of_another_batch() -> None:
    message = (
        "Incompatible shapes: [18,4] vs. [32,4]\n\t [[{{node while/add_1}}]]\n\t [[sequential_9/gru_1/PartitionedCall]]"
    )
    assert read(message).mistake == "stateful_batch"
    assert read(message.replace("[18,4]", "[32,5]")).mistake == "operand_sizes"


def named(text: str) -> list[list[tuple[str, int | None]]]:
    return [[(axis.axis, axis.size) for axis in shape] for shape in read(text).shapes]


def test_the_kernel_of_an_lstm_says_its_units_and_features() -> None:
    found = read(
        "Dimensions must be equal, but are 34 and 12 for '{{node sequential/lstm_5/while/MatMul}} = MatMul[T=DT_FLOAT]"
        "(x, y)' with input shapes: [?,34], [12,128]."
    )
    assert found.cause == "The kernel of lstm_5 (LSTM) was made for 12 features (units 32); the data have 34."
    assert [[(axis.axis, axis.size) for axis in shape] for shape in found.shapes] == [
        [("batch", None), ("features", 34)],
        [("features", 12), ("4 × units", 128)],
    ]
    assert found.url == "/stacked_lstm?timesteps=7&features=12&units_1=32&levels=1"


def test_a_cell_of_tensorflow_1_has_one_kernel_for_features_and_state() -> None:
    text = (
        "Dimensions must be equal, but are 60 and 40 for 'rnn/while/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/MatMul_1' "
        "(op: 'MatMul') with input shapes: [?,60], [40,120]."
    )
    assert (read(text).dims["features"], read(text).dims["came"]) == (10, 30)
    assert read(text).fixes[0].code == "keras.layers.RNN([keras.layers.LSTMCell(30) for _ in range(levels)])"
    assert named(text) == [[("batch", None), ("features + units", 60)], [("features + units", 40), ("4 × units", 120)]]


def test_the_node_behind_a_message_says_its_layer() -> None:
    found = read(
        "Matrix size-incompatible: In[0]: [100,170], In[1]: [160,512]\n\t [[Node: decoder/dense_1/MatMul = MatMul[]]]"
    )
    assert (found.class_name, found.dims["units"], found.dims["features"]) == ("Dense", 512, 160)


@pytest.mark.parametrize(
    ("text", "class_name"),
    [
        ('Exception encountered when calling layer "pool_b" (type MaxPooling1D).\n\nNegative dimension size caused by '
         "subtracting 4 from 2 for '{{node pool_b/MaxPool}} = MaxPool[ksize=[1, 4, 1, 1]](x)' with input shapes: "
         "[?,2,1,128].", "MaxPooling1D"),
        ("Exception encountered when calling GRU.call().\n\nCannot index into an inner ragged dimension.", "GRU"),
    ],
)  # fmt: skip
def test_the_class_that_tensorflow_says_is_taken(text: str, class_name: str) -> None:
    assert read(text).class_name == class_name


def test_a_product_that_fits_but_for_its_rows_is_a_state_of_another_batch() -> None:
    found = read("ValueError: dimension mismatch in args to gemm (128,512)x(512,512)->(1,512)")
    assert found.mistake == "stateful_batch"
    assert found.cause.startswith("The product gives (128, 512), but it has to fit into (1, 512):")


def test_the_loss_given_to_compile_is_not_the_place_of_an_error() -> None:
    message = "Matrix size-incompatible: In[0]: [20,21], In[1]: [1,3]"
    code = "model.compile(loss='binary_crossentropy', optimizer='sgd')\n"
    assert "meet in the loss" not in read(code + message).cause
    assert "meet in the loss" in read(f"{message}\n[[node mean_squared_error/MatMul]]").cause


def test_the_states_that_were_given_and_those_that_are_wanted() -> None:
    text = (
        "An `initial_state` was passed that is not compatible with `cell.state_size`. Received `state_spec`="
        "ListWrapper([InputSpec(shape=(None, 9, 128), ndim=3), InputSpec(shape=(None, 64), ndim=2)]); however "
        "`cell.state_size` is [128]"
    )
    assert read(text).cause.startswith("You passed (None, 9, 128) and (None, 64); the cell's state_size is [128]:")
    assert named(text)[0] == [("batch", None), ("timesteps", 9), ("units", 128)]


def test_a_list_of_equal_arrays_is_one_array_that_was_not_made() -> None:
    found = read("Data cardinality is ambiguous:\n  x sizes: 80, 80, 80, 80\n  y sizes: 47\nMake sure")
    assert found.cause == (
        "x is a list of arrays, not one array. The first axis of each, 80, was read as samples: np.array(x) turns a list "
        "of samples into one."
    )


def test_the_state_that_is_kept_and_the_batch_that_came_keep_their_places() -> None:
    found = read("OP_REQUIRES failed : INVALID_ARGUMENT: Invalid input_h shape: [1,33,16] [1,32,16]")
    assert [(axis.axis, axis.size) for axis in found.shapes[0]] == [("layers", 1), ("batch", 33), ("units", 16)]
    assert found.spec is not None
    assert found.spec.inputs[0].shape[0] == 33
    assert found.spec.layers[0].get("units") == 16
    assert not found.questions


def test_a_range_of_numbers_is_no_shape() -> None:
    found = read("InvalidArgumentError: Expected size[1] in [0, 500], but got 1000")
    assert found.shapes == ()
    assert found.cause == "A slice of 1000 is taken along axis 1, where the tensor has only 500."


def test_the_shape_beside_a_stateful_layer_is_the_one_it_is_built_with() -> None:
    found = read(
        "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=(None, 9, 2)"
    )
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 9, 2)
    assert [ask.key for ask in found.asks] == ["units"]
