"use strict";

// Swagger UI has its own dark colours; the page follows the system, also when that changes.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  persistAuthorization: true,
  tryItOutEnabled: true,
  // The badge would send the address of this service to somebody else's.
  validatorUrl: null,
});
