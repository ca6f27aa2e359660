/** A legal program with every operation of the language, each in the narrowest format that holds it. */
export const everyOp = `program every_op
x = input : [2, 3] ap_fixed<4,2>
image = input : [2, 2, 1] ap_ufixed<2,2,AP_RND,AP_SAT>
offsets = constant {1 -2 0} : [1, 3] ap_fixed<2,2>
mixed.c = constant {1 -2 3} : [3] {ap_ufixed<1,-3> ap_fixed<3,8> ap_ufixed<2,2>}
added = add x, offsets : [2, 3] ap_fixed<5,3>
subtracted = subtract x, offsets : [2, 3] ap_fixed<5,3>
multiplied = multiply offsets, x : [2, 3] ap_fixed<6,4>
largest = max x, offsets : [2, 3] ap_fixed<4,2>
is_less = compare less x, offsets : [2, 3] ap_ufixed<1,1>
is_at_most = compare less_equal x, offsets : [2, 3] ap_ufixed<1,1>
is_equal = compare equal x, x : [2, 3] ap_ufixed<1,1>
squared = square x : [2, 3] ap_ufixed<7,3>
positive = relu x : [2, 3] ap_ufixed<3,1>
leaky = leaky_relu x by [1] ap_ufixed<1,-1> {1} : [2, 3] ap_fixed<6,2>
halved = shift x by {1} : [2, 3] ap_fixed<4,1>
moved = shift x by {0 1 -1 2 0 -3} : [2, 3] {ap_fixed<4,2> ap_fixed<4,1> ap_fixed<4,3> ap_fixed<4,0> ap_fixed<4,2> ap_fixed<4,5>}
flat.row = reshape x : [6] ap_fixed<4,2>
flat = dense flat.row by [6, 2] ap_fixed<2,2> {1 0 -1 1 0 0 -2 1 1 1 0 -1} : [2] ap_fixed<7,5>
filtered = conv image by [2, 2, 1, 2] ap_fixed<2,2> {1 -1 0 1 -2 1 1 0} strides [1, 2] padding [0, 1, 0, 0] : [2, 1, 2] ap_fixed<4,4>
summed = sum x axis 0 : [3] ap_fixed<5,3>
index = cast x : [2, 3] ap_ufixed<2,2,AP_RND,AP_SAT>
found = lookup index in [4] ap_fixed<3,1> {0 3 -4 1} : [2, 3] ap_fixed<3,1>
joined = concat x, offsets axis 0 : [3, 3] {ap_fixed<4,2> ap_fixed<4,2> ap_fixed<4,2> ap_fixed<4,2> ap_fixed<4,2> ap_fixed<4,2> ap_ufixed<1,1> ap_fixed<2,2> ap_ufixed<1,1>}
part = slice x from [0, 1] to [2, 3] : [2, 2] ap_fixed<4,2>
output found, filtered, flat
`;
