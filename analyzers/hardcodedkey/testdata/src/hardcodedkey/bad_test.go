package hardcodedkey

var inTest = "@{key 50}@" // want `is in the code: read it from the environment, in a test \[generic-gateway-key`
